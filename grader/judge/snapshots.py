"""Snapshots: forks of the state after the cells, one per check or shared by checks that only call.

The judge makes each snapshot's socket itself and hands one end to the waiting guest. A shared snapshot
that missed a deadline, died or came back with other global state is dropped. A check that did not pass on
a snapshot which other checks had used is run again on a fresh one, and that run counts (`plugin.py`).
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.judge.guest import Guest, GuestGone
from grader.judge.sweeper import Sweeper
from grader.sandbox.limits import Limits
from grader.wire import cells, replies, requests
from grader.wire.frames import Channel, Malformed, OutOfTime, PeerGone, TooLarge, WireError

_HELLO_SECONDS = 10.0
_MOST_SILENCES = 3
"""Snapshots in turn that did not come to be, after which none is asked for any more."""
_TICKS = os.sysconf("SC_CLK_TCK")
_SHAREABLE = (requests.Look, requests.Call, requests.Describe, requests.Source)


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
    """One fork of the guest and our channel to it."""

    def __init__(self, host: Channel, budget: Budget) -> None:
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._budget = budget
        self._pidfd: int | None = None
        self.used_by: set[str] = set()
        self._channel = Channel(ours)
        try:
            with theirs:
                host.send(
                    cells.encode(cells.Snapshot()),
                    deadline=time.monotonic() + _HELLO_SECONDS,
                    fds=[theirs.fileno()],
                )
            self._pid = _greeted(ours, self._channel)
            self._pidfd = os.pidfd_open(self._pid)
            self._channel.pidfd = self._pidfd
        except (WireError, OSError) as error:
            self.close()
            raise GuestGone("notebook.died", "the notebook's process did not answer") from error
        self._channel.watch = self._watch
        self._asked = self._cpu()
        self.state: replies.State | None = None

    def ask(self, request: requests.Request, payload: bytes) -> tuple[replies.Reply, bytes]:
        """Raises `GuestGone`; after that the snapshot is of no more use."""
        self._asked = self._cpu()
        deadline = self._budget.wall_deadline()
        begin = time.monotonic()
        try:
            self._channel.send(requests.encode_request(request), payload, deadline=deadline)
            header, data = self._channel.receive(deadline=deadline)
            return replies.decode_reply(header), data
        except (OutOfTime, Spent) as error:
            raise GuestGone("call.out_of_time", str(error), round(time.monotonic() - begin, 1)) from error
        except PeerGone as error:
            raise GuestGone("notebook.died", "the process ended during the call") from error
        except (Malformed, TooLarge) as error:
            raise GuestGone("reply.malformed", str(error)) from error
        finally:
            self._budget.cpu += max(0.0, self._cpu() - self._asked)

    def close(self) -> None:
        self._channel.close()
        if self._pidfd is not None:
            with contextlib.suppress(OSError):
                import signal

                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            os.close(self._pidfd)
            self._pidfd = None

    def _watch(self) -> None:
        used = self._cpu() - self._asked
        limits = self._budget.limits
        if used > limits.request_cpu:
            raise Spent(f"{limits.request_cpu:g} s of CPU")
        if self._budget.cpu + used > limits.requests_cpu:
            raise Spent(f"{limits.requests_cpu:g} s of CPU for all calls together")

    def _cpu(self) -> float:
        try:
            with open(f"/proc/{self._pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            return 0.0
        return sum(int(ticks) for ticks in fields[11:15]) / _TICKS


class Snapshots:
    """Gives each check a guest (`plugin.Guests`)."""

    def __init__(self, host: Channel, sweeper: Sweeper, limits: Limits) -> None:
        self._host = host
        self._sweeper = sweeper
        self._budget = Budget(limits)
        self._common: Snapshot | None = None
        self._baseline: replies.State | None = None
        self._last: _CheckGuest | None = None
        self._silences = 0
        self._ended: GuestGone | None = None

    @contextlib.contextmanager
    def opened(self, check: str, *, fresh: bool) -> Iterator[Guest]:
        """The guest of one check. What the check leaves behind is ended when it is through."""
        if fresh:
            self.drop_common()
        guest = self._last = _CheckGuest(self, check)
        try:
            yield guest
        finally:
            if guest.own is not None:
                guest.own.close()
                self.drop_common()
                self._sweep()

    def shared(self) -> bool:
        return self._last is not None and self._last.met_others

    def common(self) -> Snapshot:
        if self._common is None:
            self._common = self.new()
        return self._common

    def drop_common(self) -> None:
        if self._common is not None:
            self._common.close()
            self._common = None
            self._sweep()

    def new(self) -> Snapshot:
        """Raises `GuestGone`; at once where the waiting guest has ended or stays silent."""
        if self._ended is not None:
            raise self._ended
        if self._budget.spent():
            raise GuestGone("call.out_of_time", "no time is left for further calls")
        try:
            snapshot = Snapshot(self._host, self._budget)
        except GuestGone as gone:
            self._silences += 1
            if self._silences >= _MOST_SILENCES:
                self._ended = gone
            raise
        self._silences = 0
        return snapshot

    def _sweep(self) -> None:
        # That a room has ended is the fault of the checks that still need it, and of no other.
        try:
            self._sweeper.sweep()
        except GuestGone as gone:
            self._ended = self._ended or gone

    def unchanged(self, state: replies.State) -> bool:
        """Whether global state is as the first reply found it."""
        if self._baseline is None:
            self._baseline = state
        return state == self._baseline


class _CheckGuest:
    """Implements `Guest` for one check."""

    def __init__(self, snapshots: Snapshots, check: str) -> None:
        self._snapshots = snapshots
        self._check = check
        self.own: Snapshot | None = None
        self.met_others = False

    def ask(self, request: requests.Request, payload: bytes, *, own: bool) -> tuple[replies.Reply, bytes]:
        if own or not isinstance(request, _SHAREABLE):
            if self.own is not None:
                self.own.close()
            self.own = self._snapshots.new()
            return self.own.ask(request, payload)
        snapshot = self._snapshots.common()
        used = bool(snapshot.used_by - {self._check})
        snapshot.used_by.add(self._check)
        self.met_others |= used
        try:
            reply, data = snapshot.ask(request, payload)
        except GuestGone:
            self._snapshots.drop_common()
            raise
        if not self._snapshots.unchanged(reply.state):
            self._snapshots.drop_common()
        return reply, data


def _greeted(ours: socket.socket, channel: Channel) -> int:
    """Waits for the snapshot's first word; returns the sender's process id as the kernel tells it."""
    deadline = time.monotonic() + _HELLO_SECONDS
    size = struct.calcsize("3i")
    channel.readable(deadline=deadline)
    _, ancillary, _, _ = ours.recvmsg(8, socket.CMSG_SPACE(size), socket.MSG_PEEK)
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            pid = struct.unpack("3i", content[:size])[0]
            header, _ = channel.receive(deadline=deadline)
            if pid > 0 and isinstance(cells.decode_event(header), cells.Hello):
                return int(pid)
    raise Malformed("no greeting")
