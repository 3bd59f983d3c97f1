"""Snapshots: forks of the state after the cells. One that checks share, and others for single requests.

The judge makes each snapshot's socket itself and hands one end to the waiting guest. A shared snapshot
that missed a deadline, died or came back with other global state is dropped. A check that did not pass on
a snapshot which other checks had used is run again on a fresh one, and that run counts (`plugin.py`).
Trainings use the shared one until one of them leaves anything changed that the notebook holds; from then on
each has a snapshot of its own. So has each in a check's second run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from typing import Protocol

from msgspec.structs import replace

from grader.judge.guest import Guest, GuestGone
from grader.judge.snapshot import Budget, Snapshot
from grader.observed import Sight, Sights
from grader.sandbox import processes
from grader.sandbox.limits import Limits
from grader.wire import replies, requests
from grader.wire.frames import Channel


class Sweeps(Protocol):
    """Ends what snapshots leave behind."""

    def sweep(self, spare: Collection[int] = ()) -> None: ...


_MOST_SILENCES = 3
"""Snapshots in turn that did not come to be, after which none is asked for any more."""


class Snapshots:
    """Gives each check a guest (`task.Guests`). keeper: process id of the room's keeper."""

    def __init__(self, host: Channel, sweeper: Sweeps, limits: Limits, keeper: int) -> None:
        self._host = host
        self._sweeper = sweeper
        self._budget = Budget(limits)
        self._keeper = keeper
        self._known = {one.pid for one in processes.living(keeper)}
        self._sights = Sights()
        self._guest_spoke = False
        self._common: Snapshot | None = None
        self.trains_apart = False
        self._baseline: replies.State | None = None
        self._last: _CheckGuest | None = None
        self._silences = 0
        self._ended: GuestGone | None = None

    @contextlib.contextmanager
    def opened(self, check: str, *, fresh: bool) -> Iterator[Guest]:
        """The guest of one check. What the check leaves behind is ended when it is through."""
        if fresh:
            self.drop_common()
        guest = self._last = _CheckGuest(self, check, fresh)
        try:
            yield guest
        finally:
            if guest.ended():
                self._sweep()

    def sights(self) -> list[Sight]:
        """What was seen of the guest so far. To be asked at the end: it ends the shared snapshot."""
        self.drop_common()
        self._hear_guest()
        return self._sights.all()

    def shared(self) -> bool:
        return self._last is not None and self._last.met_others

    def cpu(self) -> float | None:
        return self._budget.cpu

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
        self._hear_guest()
        try:
            snapshot = Snapshot(self._host, self._keeper, self._budget, self._sights)
        except GuestGone as gone:
            self._silences += 1
            if self._silences >= _MOST_SILENCES:
                self._ended = gone
            raise
        self._silences = 0
        self._known.add(snapshot.pid)
        return snapshot

    def _hear_guest(self) -> None:
        """The waiting guest has nothing to say: it says its last word as the cells end."""
        if not self._guest_spoke and (said := self._host.unasked()):
            self._guest_spoke = True
            self._sights.add("guest_spoke", said[8:].decode("utf-8", "replace"))

    def _sweep(self) -> None:
        for pid in processes.tree(self._keeper):
            if pid not in self._known and (one := processes.read(pid)) is not None and not one.over:
                self._known.add(pid)
                self._sights.add("processes_after_calls", one.name)
        # The shared one is shut off from the rest, and to make it anew costs more than many calls; one that
        # remembers what it was told cannot be made anew.
        walking = self._last.walking if self._last is not None else None
        kept = [one for one in (self._common, walking) if one is not None]
        spared = [inner for one in kept if (inner := processes.inner_pid(one.pid)) is not None]
        # That a room has ended is the fault of the checks that still need it, and of no other.
        try:
            self._sweeper.sweep(spared)
        except GuestGone as gone:
            self._ended = self._ended or gone

    def unchanged(self, state: replies.State) -> bool:
        """Whether global state is as the first reply found it."""
        if self._baseline is None:
            self._baseline = replace(state, moved=False)
        return state == self._baseline


class _CheckGuest:
    """Implements `Guest` for one check."""

    def __init__(self, snapshots: Snapshots, check: str, fresh: bool) -> None:
        self._snapshots = snapshots
        self._check = check
        self._fresh = fresh
        self.own: Snapshot | None = None
        self.walking: Snapshot | None = None
        self.met_others = False

    def ended(self) -> bool:
        """Ends the snapshots of this check alone; whether there were any."""
        mine = [one for one in (self.own, self.walking) if one is not None]
        for snapshot in mine:
            snapshot.close()
        self.own = self.walking = None
        return bool(mine)

    def ask(self, request: requests.Request, payload: bytes) -> tuple[replies.Reply, bytes]:
        if isinstance(request, requests.Walk):
            if request.fresh or self.walking is None:
                if self.walking is not None:
                    self.walking.close()
                self.walking = self._snapshots.new()
            return self.walking.ask(request, payload)
        trains = isinstance(request, requests.TRAINING)
        if isinstance(request, requests.Run) or (trains and (self._fresh or self._snapshots.trains_apart)):
            return self._asked_alone(request, payload)
        snapshot = self._snapshots.common()
        # What this check itself has called may have left something, too, which a training would find.
        used = bool(snapshot.used_by if trains else snapshot.used_by - {self._check})
        snapshot.used_by.add(self._check)
        try:
            reply, data = snapshot.ask(request, payload)
        except GuestGone:
            # A training that takes all the time there is, takes it once.
            self.met_others |= used and not trains
            self._snapshots.drop_common()
            raise
        self.met_others |= used
        if not self._snapshots.unchanged(reply.state):
            self._snapshots.trains_apart |= trains
            self._snapshots.drop_common()
        return reply, data

    def _asked_alone(self, request: requests.Request, payload: bytes) -> tuple[replies.Reply, bytes]:
        if self.own is not None:
            self.own.close()
        self.own = self._snapshots.new()
        return self.own.ask(request, payload)
