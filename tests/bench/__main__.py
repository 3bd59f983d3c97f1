"""`python -m tests.bench [--count 40] [--rounds 3] [--write]`: the same notebooks three ways, in turn.

Ratios are of medians measured in the same run. CPU is that of all processes (waited for, recursively).
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from grader import lesson as lessons
from grader.lesson import Lesson
from tests.bench.notebooks import write

_STEPS = 60
_NBCLIENT = 6


@dataclass(frozen=True)
class Timed:
    """`count` notebooks took `wall` seconds and `cpu` seconds."""

    count: int
    wall: float
    cpu: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    asked = parser.parse_args()
    lesson, jobs = lessons.find("packed_sequence"), len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as folder:
        text = measure(lesson, Path(folder), asked.count, asked.rounds, jobs)
    print(text)
    if asked.write:
        Path("docs/benchmarks.md").write_text(text, encoding="utf-8")


def measure(lesson: Lesson, folder: Path, count: int, rounds: int, jobs: int) -> str:
    """The table, in Markdown."""
    few, many = folder / "few", folder / "many"
    for place, number in ((few, jobs), (many, count)):
        place.mkdir()
        write(lesson, place, number, _STEPS)
    (folder / "secret").write_text("a secret for the bench alone, of no course\n")
    bare, client, graded, booted = [], [], [], []
    for turn in range(rounds):
        bare.append(_bare(lesson, count, jobs))
        client.append(_nbclient(sorted(many.iterdir())[:_NBCLIENT], jobs))
        booted.append(_grade(lesson, few, folder, jobs, jobs))
        graded.append(_grade(lesson, many, folder, count, jobs))
        print(f"round {turn + 1} of {rounds} done", file=sys.stderr)
    probes = statistics.median(_probes(lesson) for _ in range(rounds))
    return _table(bare, client, graded, booted, probes, jobs)


def _bare(lesson: Lesson, count: int, jobs: int) -> Timed:
    command = ["-m", "tests.bench.bare", str(lesson.folder), str(_STEPS), str(count), str(jobs)]
    wall, cpu = (float(word) for word in _python(command).split())
    return Timed(count, wall, cpu)


def _probes(lesson: Lesson) -> float:
    return float(_python(["-m", "tests.bench.bare", str(lesson.folder), str(_STEPS), "1", "probes"]))


def _nbclient(paths: Sequence[Path], jobs: int) -> Timed:
    with ThreadPoolExecutor(jobs) as pool:
        begin, before = time.monotonic(), _children()
        list(pool.map(lambda path: _python(["-m", "tests.bench.nbclient_run", str(path)]), paths))
        return Timed(len(paths), time.monotonic() - begin, _children() - before)


def _grade(lesson: Lesson, place: Path, folder: Path, count: int, jobs: int) -> Timed:
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    begin, before = time.monotonic(), _children()
    command = ["-m", "grader", "grade", str(place), "--lesson", str(lesson.folder), "--out", str(out)]
    _python([*command, "--jobs", str(jobs), "--secret", str(folder / "secret"), "--fail-under", "100"])
    return Timed(count, time.monotonic() - begin, _children() - before)


def _python(arguments: list[str]) -> str:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, *arguments], env=os.environ | threads, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _table(
    bare: list[Timed], client: list[Timed], graded: list[Timed], booted: list[Timed], probes: float, jobs: int
) -> str:
    rows = []
    for name, runs in (("the cells alone", bare), ("nbclient as it comes", client), ("grader grade", graded)):
        rate = [60 * run.count / run.wall for run in runs]
        cpu = [run.cpu / run.count for run in runs]
        rows.append(f"| {name} | {_spread(rate, 0)} | {_spread(cpu, 3)} |")
    steady = [60 * (g.count - b.count) / (g.wall - b.wall) for g, b in zip(graded, booted, strict=True)]
    slope = [(g.cpu - b.cpu) / (g.count - b.count) for g, b in zip(graded, booted, strict=True)]
    rows.append(f"| grader grade, its start left out | {_spread(steady, 0)} | {_spread(slope, 3)} |")
    cells = statistics.median(run.cpu / run.count for run in bare)
    beyond = statistics.median(slope) - cells - probes
    ratio = statistics.median(60 * g.count / g.wall for g in graded) / statistics.median(
        60 * c.count / c.wall for c in client
    )
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "Made by `make bench`; not edited by hand.",
            "",
            f"{graded[0].count} copies of the packed_sequence reference with a training cell, "
            f"{len(graded)} rounds in turn, {jobs} at a time, on {platform.machine()} with {os.cpu_count()} "
            f"cores, Linux {platform.release()}, Python {platform.python_version()}. nbclient ran "
            f"{client[0].count} of them a round. Median (least to most).",
            "",
            "| | notebooks a minute | CPU seconds a notebook |",
            "|---|---|---|",
            *rows,
            "",
            f"- `grader grade` does {ratio:.1f} times the notebooks a minute of nbclient as it comes, its "
            "start, every check and every report included.",
            f"- The cells cost {cells:.3f} s of CPU, the probes' own arithmetic {probes:.3f} s; **beyond "
            f"these a submission costs {beyond:.3f} s of CPU** (fork, walls, snapshots, pytest, record, "
            "pages; the difference between many and few submissions in one run, so the start is left out).",
            "",
        ]
    )


def _spread(values: list[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


if __name__ == "__main__":
    main()
