"""`python -m tests.bench [--count 40] [--rounds 5] [--write] [LESSON ...]`: the same notebooks three ways.

The ways take turns, and ratios are of runs of the same round; see `accounts` for what is counted.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grader import lesson as lessons
from grader.lesson import Lesson
from tests.bench.accounts import Account, Cost, account
from tests.bench.notebooks import write
from tests.bench.table import Runs, page

_STEPS = 60
_NBCLIENT = 4
_CROWD = 6
"""Slots of the run that weighs memory against a run with one slot."""


@dataclass(frozen=True)
class Bench:
    """One lesson's notebooks in `folder`; `jobs` at a time."""

    lesson: Lesson
    folder: Path
    account: Account
    jobs: int

    def measure(self, count: int, rounds: int) -> Runs:
        """Runs every way in turn, `rounds` times."""
        few, many = self.folder / "few", self.folder / "many"
        for place, number in ((few, self.jobs), (many, count)):
            place.mkdir(parents=True)
            write(self.lesson, place, number, _STEPS)
        (self.folder / "secret").write_text("a secret for the bench alone, of no course\n")
        runs = Runs(self.lesson.name, count, _NBCLIENT, self.jobs, self.account.how)
        for turn in range(rounds):
            runs.bare.append(self._bare(count))
            runs.client.append(self._nbclient(many))
            runs.booted.append(self._grade(few, self.jobs))
            runs.graded.append(self._grade(many, self.jobs))
            runs.probes.append(self._probes())
            print(f"{self.lesson.name}: round {turn + 1} of {rounds} done", file=sys.stderr)
        crowd = self.folder / "crowd"
        crowd.mkdir()
        write(self.lesson, crowd, 2 * _CROWD, _STEPS)
        alone, together = (self._grade(crowd, jobs, weigh=True).peak for jobs in (1, _CROWD))
        runs.memory.append((together - alone) / (_CROWD - 1))
        return runs

    def _bare(self, count: int) -> tuple[float, float]:
        """Seconds of wall clock and CPU of the cells alone, imports left out."""
        wall, cpu = self._of_bare(str(count), str(self.jobs)).split()
        return float(wall), float(cpu)

    def _probes(self) -> float:
        return float(self._of_bare("1", "probes"))

    def _of_bare(self, count: str, what: str) -> str:
        arguments = ["-m", "tests.bench.bare", str(self.lesson.folder), str(_STEPS), count, what]
        return self.account.run(arguments).output

    def _nbclient(self, place: Path) -> Cost:
        paths = [str(path) for path in sorted(place.iterdir())[:_NBCLIENT]]
        return self.account.run(["-m", "tests.bench.nbclient_run", str(self.jobs), *paths], as_it_comes=True)

    def _grade(self, place: Path, jobs: int, *, weigh: bool = False) -> Cost:
        out = self.folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        command = [
            "-m",
            "grader",
            "grade",
            str(place),
            "--lesson",
            str(self.lesson.folder),
            "--out",
            str(out),
        ]
        more = ["--jobs", str(jobs), "--secret", str(self.folder / "secret"), "--fail-under", "100"]
        return self.account.run([*command, *more], weigh=weigh)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("lessons", nargs="*", default=["rnn_basics", "packed_sequence"])
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    asked = parser.parse_args()
    jobs = len(os.sched_getaffinity(0))
    measured = []
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as folder, account() as counted:
        for name in asked.lessons:
            bench = Bench(lessons.find(name), Path(folder) / name, counted, jobs)
            measured.append(bench.measure(asked.count, asked.rounds))
    machine = (
        f"{platform.machine()} with {os.cpu_count()} cores, Linux {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}"
    )
    text = page(measured, machine)
    print(text)
    if asked.write:
        Path("docs/benchmarks.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
