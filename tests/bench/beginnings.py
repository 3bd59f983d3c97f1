"""`python -m tests.bench.beginnings [--rounds 7] [LESSON ...]`: what shared beginnings spare.

CPU of a room with all its processes, and of the process that it is forked from, as the kernel's scheduler
counts it, from the order for the room until the last cell is through. The two ways take turns.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import time
from pathlib import Path

from grader import lesson as lessons
from grader.blanks import before_blanks
from grader.lesson import Lesson
from grader.notebook import Notebook, read
from grader.running import run_cells
from grader.sandbox import House, choose, processes

_LESSONS = ("time_series", "lstm", "cnn")
_SECONDS = 300.0


def scheduled(pid: int) -> float:
    """Seconds of CPU that the process `pid` has had."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


class Way:
    """Rooms for a notebook that go on from its beginning, or do not."""

    def __init__(self, house: House, lesson: Lesson, notebook: Notebook, *, shared: bool) -> None:
        self._house, self._lesson, self._notebook = house, lesson, notebook
        self._equal = notebook.code if shared else []
        self._maker = 0
        self.begun = 0
        self.costs: list[float] = []
        self._run()
        self.costs.clear()  # who makes the room is known from now on

    def measure(self) -> None:
        self._run()

    def _run(self) -> None:
        lesson = self._lesson
        data = lesson.name if lesson.data is not None else None
        before = scheduled(self._maker) if self._maker else 0.0
        with contextlib.closing(self._house.guest(0, self._equal)) as room:
            self.begun = room.begun
            transcript = run_cells(room, self._notebook, lesson.limits, seed=lesson.seed, data=data)
            assert transcript.state == "finished", transcript.message
            self._maker = int(Path(f"/proc/{room.pid}/stat").read_text().rpartition(")")[2].split()[1])
            own = sum(scheduled(pid) for pid in processes.tree(room.pid))
            self.costs.append(own + scheduled(self._maker) - before)


def measured(lesson: Lesson, rounds: int) -> str:
    """A row of the table."""
    data = {} if lesson.data is None else {lesson.name: lesson.data}
    starter = before_blanks(read(lesson.starter.read_bytes()).code)
    whole = read((lesson.solutions / "reference.ipynb").read_bytes())
    cells = [cell for cell in whole.cells if cell.kind == "code" and cell.source.strip()][: len(starter)]
    beginning = Notebook(cells, whole.lesson, whole.language, [])
    with House.open(choose(None), lesson.limits, data=data) as house:
        house.ready()
        begin = time.monotonic()
        house.begin(starter, seed=lesson.seed, data=lesson.name if lesson.data is not None else None)
        stages = house.begun(_SECONDS)
        booted = time.monotonic() - begin
        row = [lesson.name, f"{max(stages, default=0)} of {len(whole.code)}", f"{booted:.2f}"]
        for notebook in (beginning, whole):
            ways = [Way(house, lesson, notebook, shared=shared) for shared in (False, True)]
            for _ in range(rounds):
                for way in ways:
                    way.measure()
            pairs = zip(ways[0].costs, ways[1].costs, strict=True)
            spared = [1000 * (apart - shared) for apart, shared in pairs]
            row += [f"{1000 * statistics.median(way.costs):.0f}" for way in ways]
            row += [f"{statistics.median(spared):.0f} ({min(spared):.0f} to {max(spared):.0f})"]
    return "| " + " | ".join(row) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.beginnings", description=__doc__)
    parser.add_argument("lessons", nargs="*", default=_LESSONS)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    print(
        "| lesson | shared cells | ready after s | the shared cells: ms apart | shared | spared "
        "| the whole reference: ms apart | shared | spared |\n|" + "---|" * 9
    )
    for name in asked.lessons:
        print(measured(lessons.find(name), asked.rounds), flush=True)
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    print(f"\nMedians of {asked.rounds} rounds; load {load} on {os.cpu_count()} cores.")


if __name__ == "__main__":
    main()
