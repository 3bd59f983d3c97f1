"""Which walls stand on this machine: tried, not guessed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from grader.errors import SandboxError, UsageError
from grader.sandbox.house import House
from grader.sandbox.launch import Level
from grader.sandbox.limits import Limits


@dataclass(frozen=True)
class Examined:
    """Whether a level works here. detail: the walls that stood, or which part failed and what to do.

    remarks: what is measured or done by best effort here, where another machine has a wall for it
    """

    level: Level
    works: bool
    detail: str
    remarks: tuple[str, ...] = ()
    walls: tuple[str, ...] = ()
    """Of a level that works."""


def choose(asked: str | None) -> Level:
    """The level of `stands`."""
    return stands(asked)[0]


def stands(asked: str | None) -> tuple[Level, tuple[str, ...]]:
    """The level asked for, if it works; without one the best that does; and the walls of it that stand.

    "none" is taken only when asked for. Raises UsageError for an unknown level, SandboxError where
    the level asked for, or every level with walls, fails; the message says at which part.
    """
    if asked == "none":
        return "none", ()
    if asked is not None and asked not in get_args(Level):
        raise UsageError(f"There is no sandbox level {asked!r}. Choose one of {', '.join(get_args(Level))}.")
    failed = []
    for level in _walled():
        if asked in (None, level):
            found = _try(level)
            if found.works:
                return level, found.walls
            failed.append(f"{level}: {found.detail}")
    raise SandboxError(
        "No sandbox works here, and students' code runs without one only where --sandbox none asks for it.\n"
        + "\n".join(failed)
    )


def examine() -> list[Examined]:
    """Every level, tried: for `grader doctor`. Takes about a second."""
    return [_try(level) for level in (*_walled(), "none")]


def _walled() -> tuple[Level, ...]:
    return ("bubblewrap", "landlock")


def _try(level: Level) -> Examined:
    """Starts a bare zygote at `level` and makes one room, in which nothing runs."""
    if not sys.platform.startswith("linux"):
        return Examined(level, False, f"This level needs Linux, and this is {sys.platform}.")
    try:
        with House.open(level, Limits(), warm=False) as house, house.guest(0) as room:
            walls = tuple(room.walls)
            return Examined(level, True, ", ".join(walls), tuple(_remarks(room.walls)), walls)
    except SandboxError as error:
        return Examined(level, False, str(error))


def _remarks(walls: list[str]) -> Iterator[str]:
    stands = set(walls)
    if "cgroup.memory" not in stands:
        yield (
            "memory is measured about ten times a second: no control group can be made here. As root, or "
            "started by `systemd-run --user --scope -p Delegate=yes grader ...`, the kernel limits it"
        )
    if not stands & {"cgroup.pids", "processes"}:
        yield "processes are counted about ten times a second, not limited by the kernel"
    if not stands & {"namespace.pid", "own_user", "cgroup.pids", "cgroup.memory"}:
        yield (
            "what detaches itself is ended as far as the tree of processes shows it: by best effort, because "
            "there is neither a namespace, a user of its own nor a control group to find it by"
        )
