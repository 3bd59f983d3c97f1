"""How much a room uses, measured from outside."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from grader.sandbox import processes
from grader.sandbox.clock import FairClock
from grader.sandbox.groups import Group
from grader.sandbox.limits import Limits
from grader.sandbox.usage import Usage, Verdict

_SPARE_PROCESSES = 8
"""Above the limit: the keeper, its threads, and what has just been killed and is not yet gone."""
_DEAR = 10.0
"""A dear measurement is not repeated before ten times its own duration, or it would eat the core."""
_WALK_SECONDS = 1.0
_MOST_FILES = 65536


class Meter:
    """Measures one room. Not thread-safe: the room holds its lock around it.

    pid: the keeper's, here; shared: bytes that every fork of the zygote starts with
    place: descriptor of the room's own file system, -1 where it has none; folder: walked there
    group: its control group, where it has one
    """

    def __init__(
        self,
        pid: int,
        limits: Limits,
        *,
        shared: int,
        place: int,
        folder: Path | None,
        group: Group | None,
    ) -> None:
        self.pid = pid
        self._group = group
        self._limits = limits
        self._shared = shared
        self._inherited = processes.anonymous(pid)
        self._place = place
        self._folder = folder
        self._own: dict[tuple[int, int], float] = {}
        self._cpu = 0.0
        self._clock = FairClock()
        self._memory = self._peak = 0
        self._threads = 0
        self._disk = self._files = 0
        self._next_walk = self._next_proportional = 0.0
        self._too_much_memory = False

    def measure(self, *, surely: bool = False) -> Usage:
        """Measures now. What is dear to measure is measured now and then only; `surely` asks for it now."""
        found = [one for pid in processes.tree(self.pid) if (one := processes.read(pid))]
        for one in found:
            self._own[one.pid, one.started] = one.own_cpu
        # By what parents reaped, or by what was seen: a parent that ignores its dead is not told
        # their times, and what lives shorter than a tick is not seen.
        self._cpu = max(self._cpu, sum(one.all_cpu for one in found), sum(self._own.values()))
        self._clock.look(self._cpu, wanting=processes.wanting(found))
        self._threads = sum(one.threads for one in found)
        self._measure_disk()
        self._measure_memory(found, surely)
        self._peak = max(self._peak, self._memory)
        return self.usage()

    def usage(self) -> Usage:
        """As last measured."""
        return Usage(round(self._cpu, 3), self._peak, waited=self._clock.waited)

    def exceeded(self, *, forgiving: bool = False) -> Verdict:
        """The limit above which the last measurement was, or at which the kernel has ended a process.

        forgiving: what the kernel has ended is no matter any more
        """
        if self._too_much_memory or (not forgiving and self._group is not None and self._group.killed()):
            return "memory"
        if self._threads > self._limits.processes + _SPARE_PROCESSES:
            return "processes"
        if self._folder is not None and (self._disk > self._limits.disk or self._files > _MOST_FILES):
            return "disk"
        return None

    def close(self) -> None:
        if self._place >= 0:
            os.close(self._place)
            self._place = -1

    def _measure_memory(self, found: list[processes.Process], surely: bool) -> None:
        if self._group is not None and self._group.counts_memory:
            self._memory, peak = self._group.memory()
            self._peak = max(self._peak, peak)
            return
        files = self._disk if self._place >= 0 else 0  # those of a tmpfs lie in memory
        added = sum(max(0, one.resident - self._shared) for one in found)
        self._memory = added + files
        self._too_much_memory = False
        if sum(one.resident for one in found) + files <= self._limits.memory:
            return
        begin = time.monotonic()
        if begin < self._next_proportional and not surely:
            return
        shares = [share for one in found if (share := processes.proportional(one.pid)) is not None]
        end = time.monotonic()
        self._next_proportional = end + _DEAR * (end - begin)
        if shares or not found:
            self._memory = sum(shares) + files
        else:
            # A driver without rights may not look so closely. A fork starts without the pages of files that
            # the zygote has in memory, and would hide as much behind them: only what is no file's counts.
            added = sum(max(0, processes.anonymous(one.pid) - self._inherited) for one in found)
            self._memory = added + files
        self._too_much_memory = self._memory > self._limits.memory

    def _measure_disk(self) -> None:
        if self._place >= 0:
            sizes = os.fstatvfs(self._place)
            self._disk = (sizes.f_blocks - sizes.f_bfree) * sizes.f_frsize
        elif self._folder is not None and time.monotonic() >= self._next_walk:
            begin = time.monotonic()
            self._disk = self._files = 0
            for size in _sizes(str(self._folder)):
                self._disk += size
                self._files += 1
                if self._files > _MOST_FILES:
                    break
            end = time.monotonic()
            self._next_walk = end + max(_WALK_SECONDS, _DEAR * (end - begin))


def _sizes(folder: str) -> Iterator[int]:
    """Bytes on disk of every file and folder below `folder`; links are not followed."""
    waiting = [folder]
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    yield entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
