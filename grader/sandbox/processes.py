"""What the kernel tells of a room's processes, read from outside by /proc.

A process may end between two reads: functions return None for one that is gone.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Process:
    """One process. own_cpu: its seconds; all_cpu: with those of the children it has reaped."""

    pid: int
    started: int
    own_cpu: float
    all_cpu: float
    threads: int
    resident: int


def tree(root: int) -> list[int]:
    """`root` and all its descendants."""
    found = [root]
    for pid in found:
        found += [child for child in _children(pid) if child not in found]
    return found


def read(pid: int) -> Process | None:
    """The process `pid`, a zombie included."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    words = text[text.rindex(")") + 2 :].split()  # the name before it is the student's to choose
    own, reaped = int(words[11]) + int(words[12]), int(words[13]) + int(words[14])
    resident = int(words[21]) * _PAGE
    return Process(pid, int(words[19]), own / _TICKS, (own + reaped) / _TICKS, int(words[17]), resident)


def proportional(pid: int) -> int | None:
    """Bytes of memory, shared pages split among their sharers. Dear: walks the whole memory."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            for line in rollup:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) << 10
    except OSError:
        pass
    return None


def host_pid(pidfd: int) -> int:
    """The id, here, of the process behind `pidfd`; -1 where it is gone."""
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    return -1


def owned_by(user: int) -> Iterator[int]:
    """All processes of the user id `user`."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                if os.stat(f"/proc/{name}").st_uid == user or _effective(name) == user:
                    yield int(name)


def _effective(name: str) -> int:
    """The effective user of a process; its folder says root where its memory is hidden."""
    for line in Path(f"/proc/{name}/status").read_text().splitlines():
        if line.startswith("Uid:"):
            return int(line.split()[2])
    return -1


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    return found
