"""`python -m tests.crowd [--count 5000] [--jobs N] [--folder DIR]`: one command over a class of thousands.

Prints the driver's memory and the pace by fifths of the class, how busy the slots were, what the class page
weighs, and what the same command takes when nothing has changed. Exits 1 where the driver took 500 MB, the
last fifth was slower than the first by more than a quarter, a slot was idle for more than a tenth of the
time, or a submission that had not changed took 10 ms of CPU; what the clock says depends on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.cli.making import environment
from tests.crowd.making import course

FIFTHS = 5
MEMORY, SLOWER, BUSY, UNCHANGED = 500e6, 1.25, 0.9, 0.01


@dataclass
class Seen:
    """Of one command: seconds, CPU, when lines came, and the driver's resident memory (seconds, bytes)."""

    seconds: float = 0.0
    cpu: float = 0.0
    status: int = 0
    last: str = ""
    lines: list[float] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crowd", description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crowd-", dir=asked.folder) as name:
        root = Path(name)
        course(root, asked.count)
        first = _command(root, asked.jobs)
        slots = json.loads((root / "seen.json").read_text())
        again = _command(root, asked.jobs)
        empty = _command(root, asked.jobs, "one")
        out = root / "out" / "tiny"
        count = len(list(out.glob("*.json")))
        page, book = (out / "index.html").stat().st_size, (out / "gradebook.csv").stat().st_size
        rows = len((out / "gradebook.csv").read_text("utf-8-sig").splitlines()) - 1
    graded = first.lines[1 : 1 + asked.count]
    pace = _paces(graded)
    memory = max(size for _, size in first.memory)
    busy = sum(slots["busy"]) / (asked.jobs * slots["span"])
    each = (again.cpu - empty.cpu) / asked.count
    wall = (again.seconds - empty.seconds) / asked.count
    print(f"{asked.count} submissions, {asked.jobs} at a time: {first.seconds:.0f} s")
    print(f"{count} records, {rows} rows in the gradebook")
    print(f"a minute, by fifths of the class: {', '.join(f'{one:.0f}' for one in pace)}")
    fifths = ", ".join(f"{one / 1e6:.0f}" for one in _memory(first))
    print(f"driver: {fifths} MB by fifths; at most {memory / 1e6:.0f} MB")
    print(f"slots busy: {busy:.1%}; from the last submission to the end {first.seconds - graded[-1]:.1f} s")
    print(f"class page {page / 1e6:.2f} MB, gradebook {book / 1e6:.2f} MB")
    most = max(size for _, size in again.memory) / 1e6
    print(f"again: {again.seconds:.1f} s, of one submission {empty.seconds:.1f} s: {1000 * wall:.1f} ms each")
    print(f"CPU of that: {1000 * each:.1f} ms each, all processes")
    print(f"driver then: at most {most:.0f} MB")
    print(f"it said: {again.last}")
    sound = count == rows == asked.count and first.status == again.status == 0
    held = memory < MEMORY and pace[0] < SLOWER * pace[-1] and busy >= BUSY and each < UNCHANGED
    return 0 if sound and held else 1


def _command(root: Path, jobs: int, what: str = "class") -> Seen:
    """Grades the class, or one notebook by itself that was graded before."""
    if what == "one":
        (root / "one").mkdir(exist_ok=True)
        (root / "one" / "one.ipynb").write_bytes(next((root / "class").iterdir()).read_bytes())
        _run(root, jobs, what)
    return _run(root, jobs, what)


def _run(root: Path, jobs: int, what: str) -> Seen:
    command = [sys.executable, "-m", "tests.crowd.watched", root / "seen.json"]
    seen, begin, before = Seen(), time.monotonic(), _cpu()
    driver = subprocess.Popen(
        [*command, "grade", what, "--out", "out" if what == "class" else "one-out", "--jobs", str(jobs)],
        cwd=root,
        env=environment(root),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    over = threading.Event()

    def weigh() -> None:
        while not over.wait(0.5):
            try:
                pages = int(Path(f"/proc/{driver.pid}/statm").read_text().split()[1])
            except (OSError, IndexError):
                return
            seen.memory.append((time.monotonic() - begin, pages * os.sysconf("SC_PAGE_SIZE")))

    watch = threading.Thread(target=weigh)
    watch.start()
    assert driver.stdout is not None
    for line in driver.stdout:
        seen.lines.append(time.monotonic() - begin)
        seen.last = line.strip() if "unchanged" in line or "graded in" in line else seen.last
    seen.status = driver.wait()
    seen.seconds, seen.cpu = time.monotonic() - begin, _cpu() - before
    over.set()
    watch.join()
    return seen


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _paces(ends: list[float]) -> list[float]:
    """Submissions a minute in each fifth."""
    step = len(ends) // FIFTHS
    return [60 * (step - 1) / (ends[at + step - 1] - ends[at]) for at in range(0, step * FIFTHS, step)]


def _memory(seen: Seen) -> list[int]:
    step = max(len(seen.memory) // FIFTHS, 1)
    return [max(size for _, size in seen.memory[at : at + step]) for at in range(0, step * FIFTHS, step)]


if __name__ == "__main__":
    sys.exit(main())
