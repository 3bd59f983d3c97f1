"""Which lesson a live notebook is for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.live.choosing import Unclear, check_for, lesson_for
from grader.report.scoped import scoped


def lesson(folder: Path, name: str, *names: str) -> Path:
    made = folder / name
    (made / "checks").mkdir(parents=True)
    (made / "lesson.toml").write_text(
        f'lesson = "{name}"\nnumber = 1\nnames = {json.dumps(names)}\n', "utf-8"
    )
    return made


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lesson(tmp_path / "assignments", "one", "f", "g")
    lesson(tmp_path / "assignments", "둘", "g", "h", "i")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_argument_wins_then_the_file_then_the_folder_then_the_names(course: Path) -> None:
    notebook = course / "work.ipynb"
    cells = {"cells": [], "metadata": {"grader": {"lesson": "둘"}}, "nbformat": 4, "nbformat_minor": 5}
    notebook.write_text(json.dumps(cells), "utf-8")
    assert lesson_for("one", str(notebook), course, ["h"]).name == "one"
    assert lesson_for(None, str(notebook), course, ["f"]).name == "둘"
    assert lesson_for(None, "one.ipynb", course, []).name == "one"
    assert lesson_for(None, "/nowhere/있다.ipynb", course / "assignments" / "one", ["h", "i"]).name == "one"
    assert lesson_for(None, None, course, ["f", "g"]).name == "one"
    assert lesson_for(None, None, course, ["h", "i", "x"]).name == "둘"
    assert lesson_for(str(course / "assignments" / "둘"), None, course, []).name == "둘"


def test_what_cannot_be_told_is_listed(course: Path) -> None:
    lesson(course / "assignments", "three", "f", "g")
    for names, key, which in (
        (["x"], "which_lesson", {"one", "둘", "three"}),
        (["i"], "which_lesson", {"one", "둘", "three"}),
        (["f"], "several_lessons", {"one", "three"}),
    ):
        with pytest.raises(Unclear) as unclear:
            lesson_for(None, None, course, names)
        assert (unclear.value.key, set(unclear.value.which)) == (key, which)
    with pytest.raises(Unclear) as unclear:
        lesson_for("four", None, course, ["f"])
    assert unclear.value.key == "unknown_lesson"


def test_a_check_may_be_called_by_part_of_its_name() -> None:
    known = ["test_f_adds", "test_f_adds_twice", "test_g"]
    assert check_for("test_f_adds", known) == "test_f_adds"
    assert check_for("g", known) == "test_g"
    assert check_for("twice", known) == "test_f_adds_twice"
    assert check_for("test_g[gru]", known) == "test_g[gru]"
    with pytest.raises(Unclear) as unclear:
        check_for("adds", known)
    assert unclear.value.which == ("test_f_adds", "test_f_adds_twice")


def test_a_style_holds_below_its_class_alone() -> None:
    css = "body, a:is(b, c) { x: y } @media screen and (max-width: 9px) { th { x: y } }"
    css += "@media print { a { x: y } }"
    assert scoped(css, ".s") == ".s,.s a:is(b, c){x: y}@media screen and (max-width: 9px){.s th{x: y}}"
