"""The other tools on the same notebooks: how each is prepared, run, and asked whether it did its work."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from grader.lesson import Lesson
from tests.bench.accounts import Account, Cost
from tests.bench.asserts import ASSERTS
from tests.bench.assignment import nbgrader_source, nbgrader_submission, otter_submission, otter_test, write
from tests.bench.environments import Environment
from tests.bench.notebooks import notebook

Item = TypeVar("Item")
ELSEWHERE = Path(__file__).parent / "elsewhere"


@dataclass(frozen=True)
class Turn:
    """One tool's turn: notebooks 0 to `count`, `jobs` at a time, in a `folder` of its own."""

    account: Account
    environment: Environment
    lesson: Lesson
    steps: int
    count: int
    jobs: int
    folder: Path

    def students(self) -> list[Path]:
        """The notebooks as they are."""
        return [
            write(notebook(self.lesson, number, self.steps), self.folder / "in" / f"copy-{number:03d}.ipynb")
            for number in range(self.count)
        ]

    def shares(self, all_: Sequence[Item]) -> list[list[Item]]:
        """What each of the jobs gets."""
        return [share for at in range(self.jobs) if (share := list(all_[at :: self.jobs]))]

    def together(self, commands: Sequence[tuple[Path, Sequence[object]]]) -> Cost:
        """Commands, each in its folder, at the same time."""
        told = json.dumps([[str(folder), *map(str, command)] for folder, command in commands])
        return self.account.run([self.environment.python, ELSEWHERE / "side_by_side.py", told])


@dataclass(frozen=True)
class Tool:
    """How a tool is called on the page, its environment, and its turn. threads: as the page says it."""

    name: str
    environment: str
    run: Callable[[Turn], Cost]
    threads: str = "one"


def _nbconvert(turn: Turn) -> Cost:
    out = turn.folder / "out"
    begin = [turn.environment.python, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute"]
    shares = turn.shares(turn.students())
    cost = turn.together([(turn.folder, [*begin, "--output-dir", out, *share]) for share in shares])
    _expect(len(list(out.iterdir())) == turn.count, "nbconvert wrote fewer notebooks than it was given")
    return cost


def _nbclient(turn: Turn, *, as_it_comes: bool = False) -> Cost:
    command = [turn.environment.python, ELSEWHERE / "nbclient_run.py", str(turn.jobs), *turn.students()]
    return turn.account.run(command, folder=turn.folder, as_it_comes=as_it_comes)


def _nbgrader(turn: Turn) -> Cost:
    """A course for each job: its data base takes one writer at a time."""
    tests, name = ASSERTS[turn.lesson.name], turn.lesson.name
    courses: list[Path] = []
    for share in turn.shares(list(range(turn.count))):
        course = turn.folder / f"course-{len(courses)}"
        write(nbgrader_source(tests), course / "source" / name / f"{name}.ipynb")
        for number in share:
            student = nbgrader_submission(notebook(turn.lesson, number, turn.steps), tests)
            write(student, course / "submitted" / f"student-{number}" / name / f"{name}.ipynb")
        turn.account.run([turn.environment.program("nbgrader"), "generate_assignment", name], folder=course)
        courses.append(course)
    program = turn.environment.program("nbgrader")
    graded = turn.together([(course, [program, "autograde", name]) for course in courses])
    told = turn.together([(course, [program, "generate_feedback", name]) for course in courses])
    full = sum(test.points for test in tests)
    for course in courses:
        with sqlite3.connect(course / "gradebook.db") as book:
            scores = [score for (score,) in book.execute("select auto_score from grade")]
        submitted = len(list((course / "submitted").iterdir()))
        _expect(sum(scores) == full * submitted, f"nbgrader gave {sum(scores)} of {full * submitted} points")
        pages = list((course / "feedback").rglob("*.html"))
        _expect(len(pages) == submitted, "nbgrader wrote fewer pages than notebooks")
    return Cost(graded.wall + told.wall, graded.cpu + told.cpu)


def _otter(turn: Turn) -> Cost:
    tests = ASSERTS[turn.lesson.name]
    for test in tests:
        path = turn.folder / "tests" / f"{test.name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(otter_test(test), encoding="utf-8")
    zipped = turn.folder / "autograder.zip"
    make = [turn.environment.program("otter"), "generate", "-t", "tests", "-o", zipped, "--no-requirements"]
    turn.account.run([*make, "--no-environment"], folder=turn.folder)
    paths = [
        write(
            otter_submission(notebook(turn.lesson, number, turn.steps), tests),
            turn.folder / "in" / f"copy-{number:03d}.ipynb",
        )
        for number in range(turn.count)
    ]
    command = [turn.environment.python, ELSEWHERE / "otter_run.py", str(turn.jobs), zipped, *paths]
    cost = turn.account.run(command, folder=turn.folder)
    full = float(sum(test.points for test in tests))
    given = json.loads(cost.output.splitlines()[-1])
    _expect(given == [[full, full]] * turn.count, f"otter gave {given}")
    return cost


TOOLS = (
    Tool("nbconvert", "jupyter", _nbconvert),
    Tool("nbclient", "jupyter", _nbclient),
    Tool("nbclient as it comes", "jupyter", lambda turn: _nbclient(turn, as_it_comes=True), "as torch takes"),
    Tool("nbgrader", "nbgrader", _nbgrader),
    Tool("otter", "otter", _otter),
)


def fits(tool: Tool, lesson: Lesson) -> bool:
    """Whether the bench knows what that tool should check of the lesson."""
    return tool.environment == "jupyter" or lesson.name in ASSERTS


def run(tool: Tool, turn: Turn) -> Cost:
    """One turn in a fresh folder, removed after. Raises `SystemExit` where the tool did not do its work."""
    shutil.rmtree(turn.folder, ignore_errors=True)
    turn.folder.mkdir(parents=True)
    try:
        return tool.run(turn)
    finally:
        shutil.rmtree(turn.folder, ignore_errors=True)


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        sys.exit(f"{otherwise}, so its time says nothing.")
