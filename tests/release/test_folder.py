"""A copy becomes a folder as a whole, over its own kind alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import LessonError, UsageError
from grader.judge.outcome import Listed
from grader.lesson import Lesson
from grader.releasing import Collector, release
from grader.releasing.folder import prepared
from grader.releasing.tables import toml_of
from tests.release.making import SECRET, Collected, made

COLLECTOR = cast(Collector, Collected())
FILES = {"a.txt": b"1", "checks/test_a.py": b"2"}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def put(out: Path, files: dict[str, bytes]) -> None:
    with prepared(out, "tiny", files):
        pass


def test_the_copy_holds_what_the_list_allows_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    lesson = made(tmp_path)
    first = release(lesson, tmp_path / "one" / "deep", COLLECTOR, secret=SECRET)
    release(Lesson.open(lesson.folder), tmp_path / "two", COLLECTOR, secret=None)
    found = contents(tmp_path / "two")
    assert contents(tmp_path / "one" / "deep") == found
    assert sorted(first.files) == sorted(found)
    assert set(found) == {
        *("README.md", "lesson.toml", "tiny.ipynb", "release.json", "checks/test_checks.py"),
        *("data/numbers.csv", "words/en.toml", "words/ko.toml"),
    }
    assert first.copy.left == ("README.md", "curves.json", "hidden", "notes.txt")
    everything = b"\n".join(found.values()).decode()
    for kept in ("large", "million", "blink", "remembered", "For the teacher", "check.assertion.by"):
        assert kept not in everything
    assert "Counting is the first thing" in found["words/ko.toml"].decode()
    page = found["README.md"].decode()
    assert page.count("| 3 | `f` adds one | `test_adds_one` |") == 2
    assert "give 3 of 7 points. The other 4 come" in page
    assert "7점 가운데 3점입니다. 나머지 4점은" in page
    copy = Lesson.open(tmp_path / "two")
    assert (copy.name, copy.hidden_points, copy.limits.cell_cpu) == ("tiny", 4, 7)
    assert list(copy.expected_checks(hidden=True)) == ["test_adds_one"]


def test_options_go_where_a_public_check_names_them(tmp_path: Path) -> None:
    lesson = made(tmp_path)
    with open(lesson.folder / "lesson.toml", "a", encoding="utf-8") as file:
        file.write("strict = true\nbeyond_a_million = true\n")
    check = lesson.folder / "checks" / "test_checks.py"
    check.write_text(check.read_text("utf-8").replace("points(3)", 'points(3, option="strict")'), "utf-8")
    release(Lesson.open(lesson.folder), tmp_path / "out", COLLECTOR, secret=None)
    assert Lesson.open(tmp_path / "out").options == {"strict": True}


def test_an_earlier_release_is_replaced_as_a_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    put(out, FILES)
    put(out, {"b.txt": b"3"})
    assert set(contents(out)) == {"b.txt", "release.json"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("foreign", ["mine.txt", "checks/mine.py", "new/mine.txt", "a.txt", "link", "empty"])
@pytest.mark.parametrize("released", [True, False])
def test_what_somebody_put_there_is_never_touched(tmp_path: Path, foreign: str, released: bool) -> None:
    out = tmp_path / "out"
    out.mkdir()
    if released:
        put(out, FILES)
    (out / foreign).parent.mkdir(exist_ok=True)
    if foreign == "link":
        (out / foreign).symlink_to(out / "a.txt")
    elif foreign == "empty":
        (out / foreign).mkdir()
    else:
        (out / foreign).write_text("my work")
    before = contents(out)
    with pytest.raises(UsageError, match=foreign.partition("/")[0]):
        put(out, {"b.txt": b"3"})
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_fails_on_the_way_leaves_the_earlier_release(tmp_path: Path) -> None:
    put(tmp_path / "out", FILES)
    before = contents(tmp_path / "out")
    with pytest.raises(ZeroDivisionError), prepared(tmp_path / "out", "tiny", {"b.txt": b"3"}):
        raise ZeroDivisionError
    assert contents(tmp_path / "out") == before
    assert os.listdir(tmp_path) == ["out"]


def test_a_folder_that_cannot_be_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UsageError, match="--out"):
            put(out, FILES)
    assert (tmp_path / "file").read_text() == "x"


def test_checks_that_change_without_hidden_are_refused(tmp_path: Path) -> None:
    lesson = made(tmp_path)

    class Other(Collected):
        def listed(self, folder: Path, *, hidden: bool) -> list[Listed]:
            return super().listed(lesson.folder, hidden=True)

    with pytest.raises(LessonError, match="are others than with it"):
        release(lesson, tmp_path / "out", cast(Collector, Other()), secret=None)
    assert not (tmp_path / "out").exists()


VALUES = st.one_of(st.text(), st.integers(-(2**63), 2**63 - 1), st.booleans(), st.floats(allow_nan=False))
TABLES = st.recursive(
    st.dictionaries(st.text(), VALUES | st.lists(VALUES)), lambda inner: st.dictionaries(st.text(), inner)
)


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_any_table_reads_back_as_it_was(table: dict[str, object]) -> None:
    assert toml_of(table)  # reads it back itself, and raises where that differs
