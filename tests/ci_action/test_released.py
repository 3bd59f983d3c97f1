"""The second look at a released copy: nothing of the hidden checks and no solution is in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.ci.lessons import let_out
from grader.lesson import Lesson
from tests.ci_action.stepping import ROOT

LESSON = ROOT / "assignments" / "rnn_basics"


@pytest.fixture
def released(tmp_path: Path) -> Path:
    keep = shutil.ignore_patterns("hidden", "README.md", "words", "__pycache__")
    return Path(shutil.copytree(LESSON, tmp_path / "rnn_basics", ignore=keep))


def found(released: Path) -> str:
    return "\n".join(let_out(Lesson.open(LESSON), released))


def test_the_public_parts_hold_nothing_hidden(released):
    assert found(released) == ""


def test_a_hidden_file_under_any_name_is_seen(released):
    shutil.copyfile(LESSON / "hidden" / "test_5_rnn.py", released / "notes.txt")
    assert "is the same file as" in found(released)


def test_a_name_or_a_line_of_a_hidden_check_is_seen(released):
    name = next(n for n, kind in Lesson.open(LESSON).expected_checks(hidden=True).items() if kind == "hidden")
    (released / "README.md").write_text(f"See {name}.", encoding="utf-8")
    assert f"names the hidden check {name}" in found(released)
    hidden = (LESSON / "hidden" / "test_6_modules.py").read_text("utf-8").splitlines()
    line = next(line for line in hidden if "probes." in line)
    (released / "README.md").write_text(line, encoding="utf-8")
    assert "a line of a hidden check" in found(released)


def test_a_solution_is_seen(released):
    reference = ROOT / "solutions" / "rnn_basics" / "reference.ipynb"
    (released / "rnn_basics.ipynb").write_bytes(reference.read_bytes() + b"\n")
    assert "holds a solution" in found(released)
