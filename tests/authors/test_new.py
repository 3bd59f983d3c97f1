"""`grader new`: what it writes, under which names, and what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from grader.cli import main
from grader.errors import UsageError
from grader.lesson import Lesson
from grader.new import Place, place, title_of
from grader.report.words import Words

TEMPLATE = Path(__file__).resolve().parents[2] / "grader" / "templates"


def new(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["new", *arguments])


def files(root: Path) -> dict[Path, bytes]:
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_titles_and_number_are_those_asked_for(tmp_path: Path) -> None:
    said = new("attention", "--title", 'A "quoted" \\ title', "--title-ko", "어텐션", "--number", "7")
    assert said.exit_code == 0, said.output
    lesson = Lesson.open(tmp_path / "assignments" / "attention")
    words = Words.load(lesson.words)
    assert (lesson.number, words.lesson_title("en"), words.lesson_title("ko")) == (
        7,
        'A "quoted" \\ title',
        "어텐션",
    )
    heading = "".join(json.loads(lesson.starter.read_bytes())["cells"][0]["source"]).splitlines()[:2]
    assert heading == ['# 7. A "quoted" \\ title', "# 7. 어텐션"]


def test_no_mark_of_the_template_is_left(tmp_path: Path) -> None:
    assert new("attention").exit_code == 0
    written = files(tmp_path)
    assert not [path for path, content in written.items() if re.search(rb"LESSON_", content)]
    assert not [path for path in written if path.suffix == ".in"]
    assert not list(tmp_path.glob(".grader-new-*"))


def test_the_next_free_number_is_taken(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert new(name).exit_code == 0
    broken = tmp_path / "assignments" / "broken"
    broken.mkdir()
    (broken / "lesson.toml").write_text("lesson =")
    assert new("three").exit_code == 0
    assert Lesson.open(tmp_path / "assignments" / "three").number == 3


def test_a_lesson_may_lie_anywhere(tmp_path: Path) -> None:
    assert new("far/away/assignments/attention").exit_code == 0
    assert (tmp_path / "far/away/solutions/attention/reference.ipynb").is_file()
    assert Lesson.open(tmp_path / "far/away/assignments/attention").solutions.is_dir()


def test_inside_assignments_the_name_alone_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assignments").mkdir()
    monkeypatch.chdir(tmp_path / "assignments")
    assert new("attention").exit_code == 0
    assert (tmp_path / "assignments" / "attention" / "lesson.toml").is_file()


@pytest.mark.parametrize("taken", ["assignments", "solutions"])
def test_nothing_is_written_over_anything(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken / "attention").mkdir(parents=True)
    (tmp_path / taken / "attention" / "mine.txt").write_text("mine")
    before = files(tmp_path)
    said = new("attention")
    assert said.exit_code == 2
    assert "nothing is written over it" in said.output
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    "name", ["Attention", "two words", "9lives", "어텐션", "class", "index", "a" * 41, "a-b"]
)
def test_a_bad_name_gets_a_good_one_proposed(tmp_path: Path, name: str) -> None:
    said = new(name)
    assert said.exit_code == 2
    proposed = re.search(r"such as '(\w+)'", said.output)
    assert proposed is not None, said.output
    assert place(proposed[1]).name == proposed[1]
    assert files(tmp_path) == {}


def test_a_path_without_assignments_says_where(tmp_path: Path) -> None:
    said = new("somewhere/attention")
    assert said.exit_code == 2
    assert str(tmp_path / "somewhere" / "assignments" / "attention") in said.output


@pytest.mark.parametrize("title", ["", " ", "two\nlines", "x" * 81, "\x1b[31m"])
def test_a_title_is_one_line(tmp_path: Path, title: str) -> None:
    assert new("attention", "--title", title).exit_code == 2
    assert files(tmp_path) == {}


@given(st.text(max_size=60))
def test_any_name_is_a_place_or_a_message(name: str) -> None:
    try:
        found = place(name)
    except UsageError:
        return
    assert isinstance(found, Place)
    assert found.name.isidentifier()
    assert found.folder.parent.name == "assignments"


@given(st.text(max_size=100))
def test_any_title_is_printable_or_refused(text: str) -> None:
    try:
        title = title_of(text)
    except UsageError:
        return
    assert title.isprintable()
    assert 1 <= len(title) <= 80


def test_the_template_gives_a_lesson_what_it_needs() -> None:
    there = {
        path.relative_to(TEMPLATE / "lesson").as_posix() for path in TEMPLATE.rglob("*") if path.is_file()
    }
    for wanted in (
        "assignments/lesson.toml",
        "assignments/README.md",
        "assignments/words/en.toml",
        "assignments/words/ko.toml",
        "solutions/reference.ipynb",
    ):
        assert wanted in there
    for folder in (
        "assignments/checks",
        "assignments/hidden",
        "solutions/alternatives",
        "solutions/mistakes",
    ):
        assert any(path.startswith(folder) for path in there), folder
