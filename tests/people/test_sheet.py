"""The file of people's words: strict to read, and what a person wrote around a table stays."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.people.sheet import LONGEST_COMMENT, NAME, Given, Sheet, Timed, parsed, read
from grader.people.writing import HEAD, changed, put, take_out

WRITTEN = """# my own words

[[override]]
student_id = "1"   # the best
check = "test_a"
points = 1

# about the second
[[override]]
student_id = "2"
check = "test_a"
points = 2.5
comment = "half"

# at the end
[[late]]
student_id = "1"
due = 2026-12-08T23:59:00+09:00
"""
WHEN = datetime(2026, 12, 3, tzinfo=UTC)

plain = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp", "Zs"]), max_size=30
)
names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
given_points = st.builds(
    Given,
    student_id=names,
    check=names,
    points=st.floats(0, 1e6),
    comment=plain,
    student=names,
    digest=st.sampled_from(["", "ab"]),
    when=st.none() | st.just(WHEN),
)
times = st.builds(
    Timed, student_id=names, due=st.just(WHEN), submitted=st.none() | st.just(WHEN), comment=plain
)


@given(st.lists(given_points | times, max_size=8))
def test_what_is_written_is_read(entries: list[Given | Timed]) -> None:
    text = HEAD
    kept: dict[tuple[str, ...], Given | Timed] = {}
    for entry in entries:
        text = changed(text, entry, keep=True)
        key = (entry.student_id, entry.check) if isinstance(entry, Given) else (entry.student_id,)
        kept[key] = entry
    sheet = parsed(text)
    assert [*sheet.override, *sheet.late] == sorted(kept.values(), key=lambda one: isinstance(one, Timed))
    for entry in kept.values():
        text = changed(text, entry, keep=False)
    assert parsed(text) == Sheet()
    assert text.startswith(HEAD)


def test_comments_around_a_table_stay() -> None:
    new = changed(WRITTEN, Given("2", "test_a", 0.0, "none"), keep=True)
    assert [line for line in new.split("\n") if "#" in line] == [
        line for line in WRITTEN.split("\n") if "#" in line
    ]
    assert parsed(new).points("2")["test_a"] == Given("2", "test_a", 0.0, "none")
    less = changed(new, Given("2", "test_a", 0.0), keep=False)
    assert "# at the end" in less
    assert parsed(less).override == [Given("1", "test_a", 1.0)]
    more = changed(less, Given("3", "test_b", 1.0), keep=True)
    assert more.startswith(less.rstrip("\n"))


def test_tables_written_another_way_are_changed_all_the_same() -> None:
    tables = [f'{{student_id = "{who}", check = "a", points = {who}}}' for who in (1, 2)]
    text = f"override = [{', '.join(tables)}]\n"
    new = changed(text, Given("1", "a", 3.0), keep=True)
    assert parsed(new).override == [Given("1", "a", 3.0), Given("2", "a", 2.0)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[override]\n", "no TOML"),
        ('[[override]]\nstudent_id = "1"\npoints = 1\n', "number 1"),
        ('[[override]]\nstudent_id = "1"\ncheck = "a"\npoints = "1"\n', "number 1"),
        ('[[override]]\nstudent_id = "1"\ncheck = "a"\npoints = true\n', "number 1"),
        ('[[override]]\nstudent_id = 20241234\ncheck = "a"\npoints = 1\n', "student_id"),
        ('[[override]]\nstudent_id = "1"\ncheck = "a"\npoints = -1\n', "0 or more"),
        ('[[override]]\nstudent_id = "1"\ncheck = "a"\npoints = nan\n', "0 or more"),
        ('[[override]]\nstudent_id = "1"\ncheck = "a"\npoints = inf\n', "0 or more"),
        ('[[override]]\nstudent_id = "1"\ncheck = "a"\npoint = 1\n', "point"),
        ('[[overide]]\nstudent_id = "1"\n', "overide"),
        ('[[override]]\nstudent_id = "1"\ncheck = "a"\npoints = 1\ncomment = "\\u001b[31m"\n', "plain text"),
        ('[[override]]\nstudent_id = "1"\ncheck = "a"\npoints = 1\ncomment = "\\u202e"\n', "U\\+202E"),
        ('[[late]]\nstudent_id = "1"\n', "due or submitted"),
        ('[[late]]\nstudent_id = "1"\ndue = 2026-12-08T23:59:00\n', "offset"),
        ("[[late]]\n" * 1 + 'student_id = "1"\ndue = "tomorrow"\n', "number 1"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(text, "utf-8")
    with pytest.raises(UsageError, match=said) as error:
        read(tmp_path)
    assert NAME in str(error.value)
    with pytest.raises(UsageError):
        put(tmp_path, Given("1", "a", 1.0))
    assert (tmp_path / NAME).read_text("utf-8") == text


def test_two_tables_of_one_thing_are_refused() -> None:
    twice = '[[override]]\nstudent_id = "1"\ncheck = "a"\npoints = 1\n' * 2
    with pytest.raises(UsageError, match="two things of 1, a"):
        parsed(twice)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"\xff\xfe[")
    with pytest.raises(UsageError, match="UTF-8"):
        read(tmp_path)


def test_a_long_comment_is_refused() -> None:
    long = "x" * (LONGEST_COMMENT + 1)
    text = f'[[override]]\nstudent_id = "1"\ncheck = "a"\npoints = 1\ncomment = "{long}"\n'
    with pytest.raises(UsageError, match=str(LONGEST_COMMENT)):
        parsed(text)


def test_what_is_not_there_cannot_be_taken_back(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to take back"):
        take_out(tmp_path, Given("1", "a", 0.0))
    assert not (tmp_path / NAME).exists()
    put(tmp_path, Timed("1", due=WHEN))
    take_out(tmp_path, Timed("1"))
    assert read(tmp_path) == Sheet()
