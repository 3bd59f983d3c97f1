"""The house: a zygote behind the wall, and the rooms that it makes."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.errors import SandboxError
from grader.sandbox import closure, launch, processes
from grader.sandbox.beginnings import Beginnings, planned
from grader.sandbox.furnish import add_room, furnish, may_have_users
from grader.sandbox.groups import Group, Groups
from grader.sandbox.launch import Launch, Level
from grader.sandbox.limits import Limits
from grader.sandbox.lodging import Lodging
from grader.sandbox.maker import Maker, hear_walls
from grader.sandbox.meter import Meter
from grader.sandbox.room import Room
from grader.sandbox.users import Users
from grader.sandbox.watchdog import Watchdog
from grader.sandbox.zygote import Zygote
from grader.wire.room import ADDRESS_SPACE, Order


class House:
    """One zygote and its rooms; `open` it as a context manager. Thread-safe."""

    def __init__(
        self,
        level: Level,
        limits: Limits,
        *,
        slots: int,
        lodging: Lodging,
        plan: Launch,
        users: Users | None,
        warm: bool,
        few: bool,
    ) -> None:
        self.level = level
        self.limits = limits
        self._slots = slots
        self._lodging = lodging
        self._plan = plan
        self._users = users
        self._closed = False
        self._count = itertools.count()
        self._cores = sorted(os.sched_getaffinity(0))
        self._zygote = Zygote(plan, warm=warm, few=few)
        self._beginnings: Beginnings | None = None
        self._groups = Groups()  # tried while the zygote warms up
        self._watchdog = Watchdog()

    @classmethod
    def open(
        cls,
        level: Level,
        limits: Limits,
        *,
        slots: int = 1,
        data: Mapping[str, Path] | None = None,
        warm: bool = True,
        few: bool = False,
        guest: Path | None = None,
    ) -> House:
        """Starts the zygote of `level` and returns at once; `ready` waits for it.

        slots: how many rooms may be open at once
        data: lesson to the folder that its notebooks see, read-only, below $GRADER_DATA
        warm: False imports nothing heavy, to try the walls
        few: some dozens of rooms at most, which need not be made as fast as can be
        guest: a folder to take the guest's code from, in place of `grader/guest`
        Raises SandboxError where the machine lacks what the level needs.
        """
        data = data or {}
        with contextlib.ExitStack() as undo:
            lodging = Lodging()
            undo.callback(lodging.close)
            folder = lodging.path
            furnish(folder, guest)
            packages = closure.needed()
            mounted = level == "bubblewrap"
            users = None
            if level != "none" and may_have_users(packages.values(), data.values(), mounted=mounted):
                users = Users(slots)
                undo.callback(users.close)
            if mounted:
                plan = launch.bubblewrap(folder, packages, data, own_users=users is not None)
            else:
                plan = launch.plain(folder, packages, data)
            house = cls(
                level, limits, slots=slots, lodging=lodging, plan=plan, users=users, warm=warm, few=few
            )
            undo.pop_all()
            return house

    def ready(self) -> None:
        """Waits until the zygote is warm. Raises SandboxError, with its last words, where it dies."""
        self._zygote.ready()

    def begin(self, cells: Sequence[str], *, seed: int, data: str | None) -> None:
        """Has the starter's first code cells run in the background, for notebooks that begin with them.

        data: names the lesson's folder of data, where it has one
        At the level none nothing is begun. An earlier beginning ends, with the rooms that came of it.
        Raises SandboxError where the zygote is gone.
        """
        if self.level == "none" or not cells:
            return
        if self._beginnings is not None:
            self._beginnings.close()
        self._zygote.ready()
        folder = (
            None
            if self.level == "bubblewrap"
            else add_room(self._lodging.path, f"beginning-{next(self._count)}", None)
        )
        self._beginnings = Beginnings(self._zygote, planned(cells, seed, data, self.limits, folder))

    def begun(self, seconds: float) -> list[int]:
        """How many cells each stage of a beginning has run; waits so long at most until all have."""
        return [] if self._beginnings is None else self._beginnings.settled(seconds)

    def guest(self, slot: int, cells: Sequence[str] = ()) -> Room:
        """Makes a room, watched from now on; its guest waits for `go`.

        slot: counted from 0; rooms of different slots may be open at once, those of one slot in turn
        cells: all code cells of the notebook to come, where it may go on from a beginning
        Raises SandboxError where a wall of the level does not stand, or the zygote is gone.
        """
        if not 0 <= slot < self._slots:
            raise ValueError(f"slot {slot} of a house with {self._slots}")
        if self._closed:
            raise SandboxError("The sandbox has been closed, so no more submissions can be run in it.")
        stage = None if self._beginnings is None else self._beginnings.fitting(cells)
        if stage is None or self._beginnings is None:
            return self._made(slot, self._zygote)
        try:
            return self._made(slot, stage)
        except SandboxError:
            self._beginnings.drop(stage)
            return self._made(slot, self._zygote)

    def _made(self, slot: int, maker: Maker) -> Room:
        size, shared = maker.ready()
        user = self._users[slot] if self._users else None
        name = f"{slot}-{next(self._count)}"
        folder = None
        if self.level != "bubblewrap":
            folder = add_room(self._lodging.path, name, user)
        order = self._order(slot, user, size, str(folder or ""))
        with contextlib.ExitStack() as undo:
            guest, their_guest = map(undo.enter_context, socket.socketpair())
            pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            keeper, their_keeper = map(undo.enter_context, pair)
            pidfd = maker.fork(order, their_guest, their_keeper)
            undo.callback(os.close, pidfd)
            their_guest.close()
            their_keeper.close()
            walls, place = hear_walls(keeper)
            pid = processes.host_pid(pidfd)
            student, group = self._grouped(name, pid)
            undo.pop_all()
        room = Room(
            guest=guest,
            keeper=keeper,
            pidfd=pidfd,
            walls=walls + (group.walls if group else []),
            meter=Meter(pid, self.limits, shared=shared, place=place, folder=folder, group=group),
            own_namespace=folder is None,
            user=user,
            folder=folder,
            group=group,
            student=student,
            forget=self._watchdog.forget,
            begun=maker.begun,
        )
        self._watchdog.watch(room)
        return room

    def close(self) -> None:
        """Ends every room and the zygote, and removes what was made for them. Idempotent."""
        self._closed = True
        with contextlib.ExitStack() as last:  # in reverse, each whatever becomes of the others
            last.callback(self._lodging.close)
            if self._users is not None:
                last.callback(self._users.close)
            last.callback(self._zygote.close)
            if self._beginnings is not None:
                last.callback(self._beginnings.close)
            last.callback(self._watchdog.close)
            for room in self._watchdog.rooms():
                last.callback(room.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _grouped(self, name: str, keeper: int) -> tuple[int, Group | None]:
        """A pidfd of the guest process, the keeper's only child so far, and the group that it is now in."""
        children = processes.tree(keeper)[1:]
        if len(children) != 1:
            raise SandboxError("The first process of a room ended before its notebook was read. Grade again.")
        student = os.pidfd_open(children[0])
        try:
            return student, self._groups.make(name, self.limits, children[0])
        except BaseException:
            os.close(student)
            raise

    def _order(self, slot: int, user: int | None, size: int, folder: str) -> Order:
        limits = self.limits
        # The kernel counts by user namespace and user, and nothing of root's.
        counted = self._users is not None or (self.level == "bubblewrap" and os.geteuid() != 0)
        return Order(
            level=self.level,
            user=user,
            core=self._cores[slot % len(self._cores)],
            processes=limits.processes if counted else None,
            address_space=size + ADDRESS_SPACE * limits.memory,
            disk=limits.disk,
            cpu=int(limits.cells_cpu + limits.requests_cpu) + 10,
            folder=folder,
            readable=self._plan.readable,
            listable=self._plan.listable,
        )
