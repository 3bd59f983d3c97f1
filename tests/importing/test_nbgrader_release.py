"""Beside nbgrader itself: its release and ours, cell by cell, and what it gives the source's own solution."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from grader.importing.kinds import checks_of
from grader.importing.lesson_files import files_of
from grader.importing.packages import present
from grader.importing.sources import assignments_in
from grader.starter import starter_of
from tests.importing.assignments import graded, of_nbgrader, save, solution, text

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("GRADER_NBGRADER", ROOT / "build" / "bench" / "nbgrader" / "bin" / "nbgrader"))
needs_nbgrader = pytest.mark.skipif(
    not PROGRAM.exists(),
    reason="no nbgrader here: the bench sets it up, or GRADER_NBGRADER names the program",
)
CONFIGURED = (
    "c = get_config()\n"
    "c.ClearSolutions.code_stub = {'python': '# write here\\nreturn None'}\n"
    "c.ClearSolutions.text_stub = 'say it here'\n"
    "c.ClearSolutions.begin_solution_delimeter = 'FROM HERE'\n"
    "c.ClearSolutions.end_solution_delimeter = 'TO HERE'\n"
    "c.IncludeHeaderFooter.header = 'head.ipynb'\n"
)


def nbgrader(course: Path, *command: str) -> None:
    environment = {**os.environ, "HOME": str(course), "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
    done = subprocess.run([PROGRAM, *command], cwd=course, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]


def cells(content: bytes) -> list[tuple[str, str, bool, bool]]:
    """Kind, text, and whether it can be changed and deleted, of every cell."""
    return [
        (
            cell["cell_type"],
            "".join(cell["source"]),
            cell["metadata"].get("editable", True),
            cell["metadata"].get("deletable", True),
        )
        for cell in json.loads(content)["cells"]
    ]


def ours(source: Path, folder: Path) -> bytes:
    """The starter of the lesson that the source becomes."""
    (assignment,) = assignments_in("nbgrader", source)
    files = files_of(assignment, checks_of(assignment, present()), "numbers", 1)
    reference = folder / "reference.ipynb"
    reference.write_bytes(files["solutions/reference.ipynb"])
    return starter_of(reference)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    save(tmp_path / "source" / "ps1" / "numbers.ipynb", of_nbgrader())
    return tmp_path


@needs_nbgrader
def test_the_release_is_that_of_nbgrader_cell_by_cell(course: Path) -> None:
    nbgrader(course, "generate_assignment", "ps1", "--create")
    theirs = cells((course / "release" / "ps1" / "numbers.ipynb").read_bytes())
    assert cells(ours(course / "source" / "ps1", course)) == theirs


@needs_nbgrader
def test_so_it_is_with_the_delimiters_and_blanks_of_a_course(tmp_path: Path) -> None:
    save(tmp_path / "head.ipynb", [text("Our course")])
    (tmp_path / "nbgrader_config.py").write_text(CONFIGURED)
    source = "def f(x):\n    y = x\n    # FROM HERE\n    y = y + 1\n    # TO HERE\n    return y"
    written = {**text("words"), "metadata": {}}
    written["metadata"] = {
        "nbgrader": {
            "grade": True, "solution": True, "locked": False, "task": False, "schema_version": 3,
            "grade_id": "said", "points": 1,
        }
    }  # fmt: skip
    save(
        tmp_path / "source" / "ps1" / "numbers.ipynb",
        [solution(source, "f"), solution("g = 1\nh = 2", "gh"), graded("assert f(1) == 2", "t", 1), written],
    )
    nbgrader(tmp_path, "generate_assignment", "ps1", "--create")
    theirs = cells((tmp_path / "release" / "ps1" / "numbers.ipynb").read_bytes())
    assert cells(ours(tmp_path / "source" / "ps1", tmp_path)) == theirs


@needs_nbgrader
@pytest.mark.slow
def test_nbgrader_and_we_give_the_solution_the_same_points(course: Path) -> None:
    nbgrader(course, "generate_assignment", "ps1", "--create")
    shutil.copytree(course / "source" / "ps1", course / "submitted" / "solved" / "ps1")
    nbgrader(course, "autograde", "ps1", "--create")
    nbgrader(course, "export")
    (row,) = csv.DictReader((course / "grades.csv").read_text().splitlines())
    (assignment,) = assignments_in("nbgrader", course / "source" / "ps1")
    by_hand = sum(piece.points for piece in assignment.pieces if piece.code is None)
    total = sum(piece.points for piece in assignment.pieces)
    assert (float(row["max_score"]), float(row["score"])) == (total, total - by_hand) == (12, 7)
