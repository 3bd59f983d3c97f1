"""A guest at the other end of a line that answers each request on copies of its state."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from grader.judge.guest import Guest, GuestGone
from grader.live.history import History
from grader.sandbox.limits import Limits
from grader.wire import live, replies, requests
from grader.wire.frames import OutOfTime, WireError
from grader.wire.live import Answer, Ask, Late
from grader.wire.pipes import Line

_CPU_TO_WALL = 3.0
"""A request is given so many seconds of wall clock for each of CPU that its limit names."""
_GRACE = 5.0


def patience_of(limits: Limits) -> float:
    """Seconds that one request may take where its CPU cannot be measured."""
    return min(limits.request_wall, _CPU_TO_WALL * limits.request_cpu)


@dataclass
class LineGuests:
    """Gives every check the same guest (`task.Guests`): nothing that it is asked changes its state.

    renewed: a fresh line, where the old one has broken, or None where there is none to be had. Without it
    the other end keeps every deadline itself and is waited for.
    """

    line: Line
    limits: Limits
    renewed: Callable[[], Line | None] | None = None
    begun: Callable[[str], None] = lambda check: None
    begin: float = field(default_factory=time.monotonic)
    gone: GuestGone | None = None
    history: History = field(default_factory=History)

    @contextmanager
    def opened(self, check: str, *, fresh: bool) -> Iterator[Guest]:
        self.begun(check)
        yield self

    def shared(self) -> bool:
        return False

    def cpu(self) -> float | None:
        return None

    def ask(self, request: requests.Request, payload: bytes) -> tuple[replies.Reply, bytes]:
        """Raises `GuestGone`: the code took too long, or its process ended."""
        if self.gone is not None:
            raise self.gone
        left = self.begin + self.limits.requests_wall - time.monotonic()
        if left <= 0:
            raise GuestGone("call.out_of_time", "no time is left for further calls")
        seconds = min(patience_of(self.limits), left)
        if isinstance(request, requests.Walk):
            request, payload = self.history.told(request, payload)
        size, together = live.together(requests.encode_request(request), payload)
        begin = time.monotonic()
        try:
            self.line.send(live.encode(Ask(size, seconds)), together)
            deadline = None if self.renewed is None else begin + seconds + _GRACE
            header, given = self.line.receive(deadline=deadline)
            match live.decode(header):
                case Answer(size):
                    reply, data = live.apart(size, given)
                    return replies.decode_reply(reply), data
                case Late(ran):
                    raise GuestGone("call.out_of_time", f"{seconds:g} s", ran)
                case _:
                    raise GuestGone("reply.malformed", "the reply does not fit the question")
        except OutOfTime as error:
            self._renew()
            raise GuestGone("call.out_of_time", f"{seconds:g} s", round(time.monotonic() - begin)) from error
        except WireError as error:
            self._renew()
            raise GuestGone("notebook.died", "the process ended during the call") from error

    def _renew(self) -> None:
        line = self.renewed() if self.renewed is not None else None
        if line is None:
            self.gone = GuestGone("notebook.died", "the notebook's process has ended")
        else:
            self.line = line
