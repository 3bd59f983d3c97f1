"""One snapshot: a fork of the state after the cells, as the judge holds it.

A reply counts only where it is that of the request just sent (it repeats the request's number), comes
from the process that was asked, and nothing stood there before the request was sent. Whatever else
arrives makes the request fail; what it looked like is kept for the instructor.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import time
from dataclasses import dataclass, field

from grader.judge.guest import GuestGone
from grader.observed import Sights
from grader.sandbox import processes
from grader.sandbox.limits import Limits
from grader.wire import cells, numbers, replies, requests
from grader.wire.frames import Channel, Malformed, OutOfTime, PeerGone, TooLarge, WireError

_HELLO_SECONDS = 10.0
_END_MS = 2000
_TICKS = os.sysconf("SC_CLK_TCK")
_LENGTHS = 8
"""Bytes of a frame before its header."""


class Spent(Exception):
    """A request, or all requests together, used more CPU than allowed."""


@dataclass
class Budget:
    """What all requests of a submission may use together, and what they have used."""

    limits: Limits
    cpu: float = 0.0
    begin: float = field(default_factory=time.monotonic)

    def spent(self) -> bool:
        """Whether nothing is left for another request."""
        late = time.monotonic() > self.begin + self.limits.requests_wall
        return late or self.cpu > self.limits.requests_cpu

    def wall_deadline(self) -> float:
        return min(time.monotonic() + self.limits.request_wall, self.begin + self.limits.requests_wall)


class Snapshot:
    """One fork of the guest and our channel to it.

    host: the channel of the waiting guest; keeper: process id of the room's keeper
    Raises `GuestGone` where no snapshot came to be.
    """

    def __init__(self, host: Channel, keeper: int, budget: Budget, sights: Sights) -> None:
        ours, theirs = socket.socketpair()
        self._budget = budget
        self._sights = sights
        self._pidfd: int | None = None
        self._numbers: set[bytes] = set()
        self._left_over: str | None = "reply_unasked"
        self._asked, self._used, self._kin_asked = 0.0, 0.0, -1.0
        self.used_by: set[str] = set()
        self._channel = Channel(ours)
        self._channel.credited()
        try:
            with theirs:
                host.send(
                    cells.encode(cells.Snapshot()),
                    deadline=time.monotonic() + _HELLO_SECONDS,
                    fds=[theirs.fileno()],
                )
            self.pid = self._greeted()
            self._pidfd = os.pidfd_open(self.pid)
            # Until now the id could have become another process's, which must not be ended for it.
            if not processes.descends(self.pid, keeper):
                os.close(self._pidfd)
                self._pidfd = None
                raise PeerGone("the snapshot ended as it began")
            self._channel.pidfd = self._pidfd
        except (WireError, OSError) as error:
            if isinstance(error, Malformed | TooLarge):
                sights.add("greeting_malformed", str(error))
            self.close()
            raise GuestGone("notebook.died", "the notebook's process did not answer") from error
        self._channel.watch = self._watch

    def ask(self, request: requests.Request, payload: bytes) -> tuple[replies.Reply, bytes]:
        """Raises `GuestGone`; after that the snapshot is of no more use."""
        self._asked, self._used, self._kin_asked = self._cpu(), 0.0, -1.0
        deadline = self._budget.wall_deadline()
        begin = time.monotonic()
        number = numbers.drawn()
        left_over, self._left_over = self._left_over, None
        try:
            self._expect_silence()
            header = numbers.numbered(number, requests.encode_request(request))
            self._channel.send(header, payload, deadline=deadline)
            told, data, sender = self._channel.receive_of(deadline=deadline)
            reply = self._reply(number, told, sender)
        except (OutOfTime, Spent) as error:
            self._left_over = "reply_late"
            raise GuestGone("call.out_of_time", str(error), round(time.monotonic() - begin, 1)) from error
        except PeerGone as error:
            if not self._ended(_END_MS):
                self._sights.add("channel_closed")
            raise GuestGone("notebook.died", "the process ended during the call") from error
        except (Malformed, TooLarge) as error:
            self._sights.add("reply_malformed", str(error))
            raise GuestGone("reply.malformed", str(error)) from error
        finally:
            self._budget.cpu += max(self._used, self._cpu() - self._asked)
        self._left_over = left_over
        return reply, data

    def close(self) -> None:
        if self._left_over is not None and (left := self._channel.unasked()):
            self._sights.add(self._left_over, _shown(left))
        self._channel.close()
        if self._pidfd is not None:
            with contextlib.suppress(OSError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            os.close(self._pidfd)
            self._pidfd = None

    def _expect_silence(self) -> None:
        # A child of its own can hold the socket and answer on, so that no end of file comes.
        if self._ended(0):
            raise PeerGone("the process has ended")
        if left := self._channel.unasked():
            self._sights.add("reply_unasked", _shown(left))
            raise GuestGone("reply.malformed", "a reply came before its question")

    def _reply(self, number: bytes, header: bytes, sender: int) -> replies.Reply:
        """What `header` says, where it is the reply to the request with `number`."""
        if sender != self.pid:
            self._sights.add("reply_stranger")
            raise GuestGone("reply.malformed", "the reply came from another process")
        told, header = numbers.parted(header)
        if told != number:
            self._sights.add("reply_twice" if told in self._numbers else "reply_number")
            raise GuestGone("reply.malformed", "the reply is not that of its question")
        self._numbers.add(number)
        return replies.decode_reply(header)

    def _greeted(self) -> int:
        """Waits for the snapshot's first word; returns the sender's process id as the kernel tells it."""
        header, _, sender = self._channel.receive_of(deadline=time.monotonic() + _HELLO_SECONDS)
        if sender <= 0 or not isinstance(cells.decode_event(header), cells.Hello):
            raise Malformed("no greeting")
        return sender

    def _ended(self, patience_ms: int) -> bool:
        poll = select.poll()
        if self._pidfd is None:
            return True
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(patience_ms))

    def _watch(self) -> None:
        # Living children count, too: a parent that waits for them uses nothing itself.
        kin = sum(one.all_cpu for one in processes.living(self.pid) if one.pid != self.pid)
        self._kin_asked = kin if self._kin_asked < 0 else self._kin_asked
        self._used = used = self._cpu() - self._asked + max(0.0, kin - self._kin_asked)
        limits = self._budget.limits
        if used > limits.request_cpu:
            raise Spent(f"{limits.request_cpu:g} s of CPU")
        if self._budget.cpu + used > limits.requests_cpu:
            raise Spent(f"{limits.requests_cpu:g} s of CPU for all calls together")

    def _cpu(self) -> float:
        try:
            with open(f"/proc/{self.pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            return 0.0
        return sum(int(ticks) for ticks in fields[11:15]) / _TICKS


def _shown(left: bytes) -> str:
    """Bytes of a frame as text, less its lengths and the number."""
    return left[_LENGTHS + numbers.SIZE :].decode("utf-8", "replace")
