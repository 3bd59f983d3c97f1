"""What a command costs, all its processes counted: those that nobody waits for, too.

CPU comes from a control group made for the command where one may be made (root, cgroup v2), else from the
whole machine's counters, which anything else that runs falsifies: `how` says which.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_SAMPLE_S = 0.05


@dataclass(frozen=True)
class Cost:
    """Seconds of wall clock and CPU, the most memory at once in bytes (0 if not asked), standard output."""

    wall: float
    cpu: float
    peak: int
    output: str


@dataclass(frozen=True)
class Account:
    """A control group of our own, or None for the whole machine."""

    group: Path | None

    @property
    def how(self) -> str:
        return "a control group of its own" if self.group else "the counters of the whole machine"

    def run(self, arguments: Sequence[str], *, weigh: bool = False, as_it_comes: bool = False) -> Cost:
        """`python arguments`, to its end, with one thread a process unless `as_it_comes`.

        With `weigh` memory is sampled, which costs CPU itself.

        Raises `SystemExit` with what the command said where it fails.
        """
        begin, before = time.monotonic(), self._used()
        child = subprocess.Popen(
            [sys.executable, *arguments],
            env=os.environ | ({} if as_it_comes else _THREADS),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=self._join,
        )
        with self._weighed(weigh) as peaks:
            output, errors = child.communicate()
        if child.returncode:
            raise SystemExit(f"{' '.join(arguments)} ended with {child.returncode}:\n{output}{errors}")
        return Cost(time.monotonic() - begin, self._used() - before, max(peaks), output)

    def _join(self) -> None:
        if self.group is not None:
            (self.group / "cgroup.procs").write_text(str(os.getpid()))

    def _used(self) -> float:
        if self.group is not None:
            usage = dict(line.split() for line in (self.group / "cpu.stat").read_text().splitlines())
            return int(usage["usage_usec"]) / 1e6
        user, nice, system, _, _, irq, softirq = Path("/proc/stat").read_text().split()[1:8]
        ticks = sum(map(int, (user, nice, system, irq, softirq)))
        return ticks / os.sysconf("SC_CLK_TCK")

    @contextmanager
    def _weighed(self, wanted: bool) -> Iterator[list[int]]:
        peaks, done = [0], threading.Event()
        if not wanted or self.group is None:
            yield peaks
            return
        group = self.group

        def sample() -> None:
            while not done.wait(_SAMPLE_S):
                peaks.append(sum(map(_weight, (group / "cgroup.procs").read_text().split())))

        thread = threading.Thread(target=sample)
        thread.start()
        try:
            yield peaks
        finally:
            done.set()
            thread.join()


@contextmanager
def account() -> Iterator[Account]:
    """An account for one bench; its control group is removed at the end."""
    group = _group()
    try:
        yield Account(group)
    finally:
        if group is not None:
            group.rmdir()


def _group() -> Path | None:
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        if kind == "cgroup2":
            group = Path(place) / f"grader-bench-{os.getpid()}"
            try:
                group.mkdir()
            except OSError:
                return None
            return group
    return None


def _weight(pid: str) -> int:
    """Proportional set size in bytes: shared pages count once over all who share them."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
