"""What the kernel tells of a room's processes, read from outside by /proc.

A process may end between two reads: functions return None for one that is gone. What it calls itself is any
bytes, and stands among the rest: nothing here is read as text.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from grader.sandbox.clock import Want
from grader.sandbox.kernel_files import content, lines

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_DEEPEST = 100
_WANTS: Mapping[bytes, Want] = {b"R": "core", b"D": "disk"}
_WHOLE_PROCESS = 2
"""Of a process's clocks, as the kernel numbers them: that of all its threads."""


@dataclass(frozen=True)
class Process:
    """One process. own_cpu: its seconds; all_cpu: with those of the children it has reaped.

    name: as it calls itself, which is text of the student's; over: it has ended and waits to be reaped
    wanting: whether its first thread runs or could run, or waits for a disk or a page
    """

    pid: int
    started: int
    own_cpu: float
    all_cpu: float
    threads: int
    resident: int
    name: str
    over: bool
    wanting: Want | None


def tree(root: int) -> list[int]:
    """`root` and all its descendants."""
    found = [root]
    for pid in found:
        found += [child for child in _children(pid) if child not in found]
    return found


def living(root: int) -> list[Process]:
    """`root` and all its descendants that have not ended, oldest first."""
    found = [one for pid in tree(root) if (one := read(pid)) is not None and not one.over]
    return sorted(found, key=lambda one: one.started)


def descends(pid: int, root: int) -> bool:
    """Whether `root` is among the parents of `pid`, their parents, and so on."""
    for _ in range(_DEEPEST):
        try:
            words = content(f"/proc/{pid}/stat").rpartition(b")")[2].split()
        except OSError:
            return False
        pid = int(words[1])
        if pid in (root, 0):
            return pid == root
    return False


def read(pid: int) -> Process | None:
    """The process `pid`, a zombie included."""
    try:
        told = content(f"/proc/{pid}/stat")
    except OSError:
        return None
    before, _, after = told.rpartition(b")")  # the name may hold another one
    name, words = before.partition(b"(")[2].decode("utf-8", "replace"), after.split()
    own, reaped = int(words[11]) + int(words[12]), int(words[13]) + int(words[14])
    resident = int(words[21]) * _PAGE
    return Process(
        pid=pid,
        started=int(words[19]),
        own_cpu=own / _TICKS,
        all_cpu=(own + reaped) / _TICKS,
        threads=int(words[17]),
        resident=resident,
        name=name,
        over=words[0] in (b"Z", b"X"),
        wanting=_WANTS.get(words[0]),
    )


def wanting(found: Iterable[Process]) -> Want | None:
    """What these processes and their threads want at this moment: a core, if one of them does."""
    wants: set[Want | None] = set()
    for one in found:
        wants.add(one.wanting)
        if one.threads > 1 and one.wanting != "core":
            wants |= _wants_of_threads(one.pid)
        if "core" in wants:
            return "core"
    return "disk" if "disk" in wants else None


def _wants_of_threads(pid: int) -> set[Want | None]:
    wants: set[Want | None] = set()
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                words = content(f"/proc/{pid}/task/{task}/stat").rpartition(b")")[2]
                wants.add(_WANTS.get(words.split()[0]))
    return wants


def cpu(pid: int) -> float:
    """Seconds of CPU of the process `pid` itself, its children left out; 0.0 where it is gone.

    By the clock that every process has, in one system call and to the nanosecond.
    """
    try:
        return time.clock_gettime(~pid << 3 | _WHOLE_PROCESS)
    except OSError:
        return 0.0


def proportional(pid: int) -> int | None:
    """Bytes of memory, shared pages split among their sharers. Dear: walks the whole memory."""
    with contextlib.suppress(OSError):
        for line in lines(f"/proc/{pid}/smaps_rollup"):
            if line.startswith(b"Pss:"):
                return int(line.split()[1]) << 10
    return None


def anonymous(pid: int) -> int:
    """Bytes of memory that are no file's, shared ones in full; anybody may ask. 0 where it is gone."""
    found = 0
    with contextlib.suppress(OSError):
        for line in lines(f"/proc/{pid}/status"):
            if line.startswith((b"RssAnon:", b"RssShmem:")):
                found += int(line.split()[1]) << 10
    return found


def host_pid(pidfd: int) -> int:
    """The id, here, of the process behind `pidfd`; -1 where it is gone."""
    for line in lines(f"/proc/self/fdinfo/{pidfd}"):
        if line.startswith(b"Pid:"):
            return int(line.split()[1])
    return -1


def inner_pid(pid: int) -> int | None:
    """The id that the process `pid` has where it lives itself; None where it is gone."""
    with contextlib.suppress(OSError):
        for line in lines(f"/proc/{pid}/status"):
            if line.startswith(b"NSpid:"):
                return int(line.split()[-1])
    return None


def owned_by(user: int) -> Iterator[int]:
    """All processes of the user id `user`."""
    yield from (int(name) for name in os.listdir("/proc") if name.isdigit() and owned(int(name), user))


def owned(pid: int, user: int) -> bool:
    """Whether the process `pid` is there and of the user id `user`."""
    with contextlib.suppress(OSError):
        return os.stat(f"/proc/{pid}").st_uid == user or effective(pid) == user
    return False


def effective(pid: int) -> int:
    """The effective user of a process; its folder says root where its memory is hidden."""
    for line in lines(f"/proc/{pid}/status"):
        if line.startswith(b"Uid:"):
            return int(line.split()[2])
    return -1


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                found += map(int, content(f"/proc/{pid}/task/{task}/children").split())
    return found
