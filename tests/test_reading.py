"""TOML and JSON of people: whatever is wrong with it is said in one line, and never as Python says it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.errors import LessonError, UsageError
from grader.lesson import Lesson
from grader.people.sheet import parsed
from grader.reading import UnreadableError, json_of, toml
from grader.report.words import Words
from grader.solutions import variants
from grader.starter import starter_of

DEEP = "[" * 3000
DIGITS = "9" * 5000
TOML = {
    "lists": f"x = {DEEP}",
    "tables": f"x = {'{a=' * 3000}",
    "closed": f"x = {'[' * 150}{']' * 150}",
    "dotted": f"{'.'.join(['a'] * 3000)} = 1",
    "header": f"[{'.'.join(['a'] * 3000)}]",
    "digits": f"x = {DIGITS}",
    "large": f"x = 1{'0' * 400}",
    "inside": f"[t]\nx = [1, {{a = [{2**63}]}}]",
    "breaks off": 'x = "',
    "zero": "x = 1\0",
}
JSON = {"lists": DEEP, "tables": '{"a":' * 3000, "digits": DIGITS, "large": "1" + "0" * 400, "text": "x"}
LESSON = Path(__file__).resolve().parent.parent / "assignments" / "rnn_basics"


@pytest.mark.parametrize("text", TOML.values(), ids=TOML)
def test_toml_that_cannot_be_read_is_one_kind_of_error(text: str) -> None:
    for content in (text, text.encode()):
        with pytest.raises(UnreadableError) as told:
            toml(content)
        assert "\n" not in str(told.value)
        assert len(str(told.value)) < 200


@pytest.mark.parametrize("text", JSON.values(), ids=JSON)
def test_json_that_cannot_be_read_is_the_same_kind(text: str) -> None:
    for content in (text, text.encode()):
        with pytest.raises(UnreadableError) as told:
            json_of(content)
        assert "\n" not in str(told.value)


def test_what_is_no_text_is_said_so() -> None:
    with pytest.raises(UnreadableError, match="no text in UTF-8"):
        toml(b"x = '\xff'")
    with pytest.raises(UnreadableError, match="no text in UTF-8"):
        json_of(b'"\xff"')


def test_what_can_be_read_is_read() -> None:
    assert toml("x = 9223372036854775807\n[a.b]\nc = [1.5, true]") == {
        "x": 2**63 - 1,
        "a": {"b": {"c": [1.5, True]}},
    }
    assert json_of('{"a": [1, null, -9223372036854775808]}') == {"a": [1, None, -(2**63)]}


@pytest.mark.parametrize("text", TOML.values(), ids=TOML)
def test_every_file_of_people_says_which_it_is(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"overrides\.toml"):
        parsed(text, "overrides.toml")
    folder = tmp_path / "assignments" / "rnn_basics"
    shutil.copytree(LESSON, folder)
    shutil.copytree(LESSON.parent.parent / "solutions" / "rnn_basics", tmp_path / "solutions" / "rnn_basics")
    lesson = Lesson.open(folder)
    (lesson.solutions / "mistakes" / "aaa.toml").write_text(text, "utf-8")
    (folder / "words" / "en.toml").write_text(text, "utf-8")
    (folder / "lesson.toml").write_text(text, "utf-8")
    with pytest.raises(LessonError, match=r"aaa\.toml"):
        list(variants(lesson))
    with pytest.raises(LessonError, match=r"words"):
        Words.load(folder / "words")
    with pytest.raises(LessonError, match=r"lesson\.toml"):
        Lesson.open(folder)


@pytest.mark.parametrize("text", JSON.values(), ids=JSON)
def test_a_reference_that_is_no_notebook_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "reference.ipynb").write_text(text, "utf-8")
    with pytest.raises(LessonError, match=r"reference\.ipynb"):
        starter_of(tmp_path / "reference.ipynb")


def test_a_due_date_that_no_clock_can_tell_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "rnn_basics"
    shutil.copytree(LESSON, folder)
    text = (folder / "lesson.toml").read_text("utf-8")
    (folder / "lesson.toml").write_text(f"due = 0001-01-01T00:00:00+14:00\n{text}", "utf-8")
    with pytest.raises(LessonError, match="years that there are"):
        Lesson.open(folder)
    with pytest.raises(UsageError, match="a year that there is"):
        parsed('[[late]]\nstudent_id = "kim"\ndue = 0001-01-01T00:00:00+14:00\n', "overrides.toml")
