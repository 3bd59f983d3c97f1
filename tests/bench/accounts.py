"""What a command costs, all its processes counted: those that nobody waits for, too.

CPU comes from a control group made for the command where one may be made (root, cgroup v2), else from the
whole machine's counters, which anything else that runs falsifies: `how` says which.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_THREADS = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)
_GROUP = "GRADER_BENCH_GROUP"
_SAMPLE_S = 0.05


@dataclass(frozen=True)
class Cost:
    """Seconds of wall clock and CPU, the most memory at once in bytes (0 if not asked), standard output."""

    wall: float
    cpu: float
    peak: int = 0
    output: str = ""


@dataclass(frozen=True)
class Account:
    """A control group of our own, or None for the whole machine."""

    group: Path | None

    @property
    def how(self) -> str:
        return "a control group of its own" if self.group else "the counters of the whole machine"

    def run(
        self,
        command: Sequence[object],
        *,
        folder: Path | None = None,
        weigh: bool = False,
        as_it_comes: bool = False,
    ) -> Cost:
        """`command` (words, paths) in `folder`, to its end, with one thread a process unless `as_it_comes`.

        The folder of its program comes first where programs are looked for: a tool may call its own.
        With `weigh` memory is sampled, which costs CPU itself.

        Raises `SystemExit` with what the command said where it fails.
        """
        begin, before = time.monotonic(), self.used()
        child = subprocess.Popen(
            list(map(str, command)),
            env=self._environment(Path(str(command[0])).parent, as_it_comes),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=self._join,
        )
        with self._weighed(weigh) as peaks:
            output, errors = child.communicate()
        if child.returncode:
            said = f"{output}{errors}"[-6000:]
            raise SystemExit(f"{' '.join(map(str, command))} ended with {child.returncode}:\n{said}")
        return Cost(time.monotonic() - begin, self.used() - before, max(peaks), output)

    def used(self) -> float:
        """Seconds of CPU so far."""
        if self.group is not None:
            usage = dict(line.split() for line in (self.group / "cpu.stat").read_text().splitlines())
            return int(usage["usage_usec"]) / 1e6
        user, nice, system, _, _, irq, softirq = Path("/proc/stat").read_text().split()[1:8]
        ticks = sum(map(int, (user, nice, system, irq, softirq)))
        return ticks / os.sysconf("SC_CLK_TCK")

    def _environment(self, programs: Path, as_it_comes: bool) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _THREADS}
        kept["PATH"] = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        group = {_GROUP: str(self.group)} if self.group else {}
        return kept | group | ({} if as_it_comes else _THREADS)

    def _join(self) -> None:
        if self.group is not None:
            (self.group / "cgroup.procs").write_text(str(os.getpid()))

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


def inherited() -> Account:
    """The account in which this very process runs."""
    group = os.environ.get(_GROUP)
    return Account(Path(group) if group else None)


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
