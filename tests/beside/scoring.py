"""What each tool gives a notebook: points earned and points to be had, or None where it gave no result."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.lesson import Lesson
from tests.bench.asserts import ASSERTS
from tests.bench.assignment import nbgrader_source, nbgrader_submission, otter_submission, otter_test, write
from tests.bench.environments import Environment

Notebook = dict[str, Any]
Given = tuple[float, float] | None
_OTTER = Path(__file__).parents[1] / "bench" / "elsewhere" / "otter_run.py"
_SECONDS = 600
_SECRET = b"the secret of a comparison, known to all"


def ours(lesson: Lesson, notebooks: Mapping[str, Notebook], folder: Path) -> dict[str, Given]:
    """By `grader grade`, all in one class."""
    for name, notebook in notebooks.items():
        write(notebook, folder / "class" / f"{name}.ipynb")
    out = folder / "reports"
    secret = folder / "secret"
    secret.write_bytes(_SECRET)
    command = [sys.executable, "-m", "grader", "grade", folder / "class", "--lesson", lesson.name]
    _run([*command, "--out", out, "--secret", secret], folder)
    records = {name: json.loads((out / lesson.name / f"{name}.json").read_bytes()) for name in notebooks}
    return {name: (record["score"], record["max_score"]) for name, record in records.items()}


def nbgrader(
    lesson: Lesson, notebooks: Mapping[str, Notebook], folder: Path, environment: Environment
) -> dict[str, Given]:
    """By `nbgrader autograde`, a student each in one course."""
    tests, name = ASSERTS[lesson.name], lesson.name
    write(nbgrader_source(tests), folder / "source" / name / f"{name}.ipynb")
    for student, notebook in notebooks.items():
        handed_in = nbgrader_submission(notebook, tests)
        write(handed_in, folder / "submitted" / student / name / f"{name}.ipynb")
    program = environment.program("nbgrader")
    _run([program, "generate_assignment", name], folder)
    for student in notebooks:
        # A notebook that fails ends the command, so each student gets one.
        _run([program, "autograde", name, "--student", student], folder)
    query = (
        "select sa.student_id, sum(g.auto_score) from grade g"
        " join submitted_notebook sn on g.notebook_id = sn.id"
        " join submitted_assignment sa on sn.assignment_id = sa.id group by sa.student_id"
    )
    full = float(sum(test.points for test in tests))
    with sqlite3.connect(folder / "gradebook.db") as book:
        scores = dict(book.execute(query))
    return {
        student: None if scores.get(student) is None else (float(scores[student]), full)
        for student in notebooks
    }


def otter(
    lesson: Lesson, notebooks: Mapping[str, Notebook], folder: Path, environment: Environment
) -> dict[str, Given]:
    """By `otter.api.grade_submission`, the function behind `otter run`."""
    tests = ASSERTS[lesson.name]
    (folder / "tests").mkdir(parents=True)
    for test in tests:
        (folder / "tests" / f"{test.name}.py").write_text(otter_test(test), encoding="utf-8")
    zipped = folder / "autograder.zip"
    make = [environment.program("otter"), "generate", "-t", "tests", "-o", zipped, "--no-requirements"]
    _run([*make, "--no-environment"], folder)
    given: dict[str, Given] = {}
    for student, notebook in notebooks.items():
        path = write(otter_submission(notebook, tests), folder / "in" / f"{student}.ipynb")
        said = _run([environment.python, _OTTER, "1", zipped, path], folder)
        last = (said.splitlines() or [""])[-1]
        given[student] = tuple(json.loads(last)[0]) if last.startswith("[[") else None
    return given


def _run(command: Sequence[object], folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    # Programs of an environment start others of it by name.
    path = f"{Path(str(command[0])).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder if "-m" not in command else None,
        env=os.environ | {"PATH": path, "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    return done.stdout
