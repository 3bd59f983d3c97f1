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
from dataclasses import dataclass

from grader.judge.guest import GuestGone
from grader.observed import Sights
from grader.sandbox import processes
from grader.sandbox.clock import LONGEST, FairClock
from grader.sandbox.limits import Limits
from grader.wire import cells, numbers, replies, requests
from grader.wire.frames import Channel, Malformed, OutOfTime, PeerGone, TooLarge, WireError

_HELLO_SECONDS = 10.0
_END_SECONDS = 2.0
_LOOK_MS = 100
_LENGTHS = 8
"""Bytes of a frame before its header."""


class Spent(Exception):
    """A request, or all requests together, used more CPU than allowed."""


@dataclass
class Budget:
    """What all requests of a submission may use together, and what they have used: CPU, and time by a fair
    clock while they were waited for. What the judge itself does meanwhile is not the submission's."""

    limits: Limits
    cpu: float = 0.0
    wall: float = 0.0

    def spent(self) -> bool:
        """Whether nothing is left for another request."""
        return self.wall > self.limits.requests_wall or self.cpu > self.limits.requests_cpu

    def patience(self) -> float:
        """Seconds that the next request may take by a fair clock."""
        return min(self.limits.request_wall, self.limits.requests_wall - self.wall)


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
        self._clock, self._patience = FairClock(), _HELLO_SECONDS
        self._keeper = keeper
        self.used_by: set[str] = set()
        self._channel = Channel(ours)
        self._channel.credited()
        self._channel.watch = self._watch_room
        try:
            deadline = time.monotonic() + LONGEST * _HELLO_SECONDS
            with theirs:
                host.send(cells.encode(cells.Snapshot()), deadline=deadline, fds=[theirs.fileno()])
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
        self._asked, self._used, self._kin_asked = processes.cpu(self.pid), 0.0, -1.0
        self._clock, self._patience = FairClock(), self._budget.patience()
        begin = time.monotonic()
        deadline = begin + LONGEST * self._patience
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
            if not self._ends():
                self._sights.add("channel_closed")
            raise GuestGone("notebook.died", "the process ended during the call") from error
        except (Malformed, TooLarge) as error:
            self._sights.add("reply_malformed", str(error))
            raise GuestGone("reply.malformed", str(error)) from error
        finally:
            self._budget.cpu += max(self._used, processes.cpu(self.pid) - self._asked)
            self._budget.wall += self._clock.seconds()
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
        header, _, sender = self._channel.receive_of(deadline=time.monotonic() + LONGEST * _HELLO_SECONDS)
        if sender <= 0 or not isinstance(cells.decode_event(header), cells.Hello):
            raise Malformed("no greeting")
        return sender

    def _ended(self, patience_ms: int) -> bool:
        poll = select.poll()
        if self._pidfd is None:
            return True
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(patience_ms))

    def _ends(self) -> bool:
        """Whether the process ends within a moment; to end takes CPU, which a busy machine gives late."""
        clock = FairClock(processes.cpu(self.pid))
        deadline = time.monotonic() + LONGEST * _END_SECONDS
        while clock.seconds() < _END_SECONDS and time.monotonic() < deadline:
            if self._ended(_LOOK_MS):
                return True
            clock.look(processes.cpu(self.pid), wanting=processes.wanting(processes.living(self.pid)))
        return False

    def _watch_room(self) -> None:
        """Until the snapshot has said who it is: it is somewhere in the room."""
        found = processes.living(self._keeper)
        self._look(sum(one.own_cpu for one in found), found)

    def _look(self, used: float, found: list[processes.Process]) -> None:
        self._clock.look(used, wanting=processes.wanting(found))
        if self._clock.seconds() > self._patience:
            raise OutOfTime("the other end did not answer in time")

    def _watch(self) -> None:
        # Children count, too: a parent that waits for them uses nothing itself.
        found = processes.living(self.pid)
        kin = sum(one.all_cpu - one.own_cpu if one.pid == self.pid else one.all_cpu for one in found)
        self._kin_asked = kin if self._kin_asked < 0 else self._kin_asked
        self._used = used = processes.cpu(self.pid) - self._asked + max(0.0, kin - self._kin_asked)
        self._look(used, found)
        limits = self._budget.limits
        if used > limits.request_cpu:
            raise Spent(f"{limits.request_cpu:g} s of CPU")
        if self._budget.cpu + used > limits.requests_cpu:
            raise Spent(f"{limits.requests_cpu:g} s of CPU for all calls together")


def _shown(left: bytes) -> str:
    """Bytes of a frame as text, less its lengths and the number."""
    return left[_LENGTHS + numbers.SIZE :].decode("utf-8", "replace")
