"""What a cell may not leave behind in a process that others are to be forked from.

Descriptors, threads, child processes, timers and files would be missing in a fork or in its room; memory that
is shared between forks would let one room write into another.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from grader.guest.children import has_children

_NUMBERS = [number for number in sorted(signal.valid_signals()) if number < 32]
_LIMITS = [value for name, value in sorted(vars(resource).items()) if name.startswith("RLIMIT_")]
_TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)


@dataclass(frozen=True)
class Residue:
    """All that has to be as it was. `seen` looks; two looks at an unchanged process are equal."""

    threads: int
    children: bool
    descriptors: frozenset[str]
    shared: frozenset[str]
    files: frozenset[tuple[str, int, int]]
    folder: str
    home: tuple[str | None, ...]
    mask: int
    handlers: tuple[object, ...]
    blocked: frozenset[int]
    limits: tuple[tuple[int, int], ...]
    timers: tuple[bool, ...]

    @classmethod
    def seen(cls, *places: str) -> Residue:
        """Of this process, and of the files below `places`: path, size, and time of change in ns."""
        mask = os.umask(0o022)
        os.umask(mask)
        return cls(
            threads=len(os.listdir("/proc/self/task")),
            children=_had_children(),
            descriptors=frozenset(os.listdir("/proc/self/fd")),
            shared=frozenset(_shared_memory()),
            files=frozenset(_files(*places)),
            folder=os.getcwd(),
            home=(os.environ.get("HOME"), os.environ.get("TMPDIR"), tempfile.tempdir),
            mask=mask,
            handlers=tuple(map(signal.getsignal, _NUMBERS)),
            blocked=frozenset(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
            limits=tuple(map(resource.getrlimit, _LIMITS)),
            timers=tuple(signal.getitimer(timer) != (0.0, 0.0) for timer in _TIMERS),
        )


def clear(*places: str) -> None:
    """Removes everything below `places`."""
    for path in sorted(path for path, _, _ in _files(*places)):
        with contextlib.suppress(OSError):
            shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)


def _files(*places: str) -> Iterator[tuple[str, int, int]]:
    waiting = list(places)
    while waiting:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                yield entry.path, found.st_size, found.st_mtime_ns
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def _had_children() -> bool:
    """Whether a child lives, or has been waited for."""
    return has_children() or resource.getrusage(resource.RUSAGE_CHILDREN).ru_minflt > 0


def _shared_memory() -> Iterator[str]:
    """The address ranges that a fork would share and not copy."""
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        for line in maps:
            words = line.split(maxsplit=2)
            if words[1].endswith("s"):
                yield words[0]
