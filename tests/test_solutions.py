"""What a run of `prove` takes of the mistakes that many lessons share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import LessonError
from grader.lesson import Lesson
from grader.solutions import Variant, rotated, variants
from tests.cli.making import lesson, notebook

MISTAKE = """
finding = ["check.assertion"]
{more}
[[edit]]
find = "return x + 1"
replace = "return x"
"""
CHECKS = "def test_adds_one(student):\n    assert student.f(3) == 4\n"


def variant(of: str, name: str, *, common: bool) -> Variant:
    return Variant(of, "mistake", name, b"", ("train.no_step",), None, common)


@given(
    st.lists(st.sampled_from("abcdefg"), unique=True, min_size=1),
    st.integers(0, 30_000),
)
def test_each_common_mistake_is_proved_in_two_lessons_a_run_and_in_all_by_turns(
    names: list[str], turn: int
) -> None:
    course = {
        name: [variant(name, "no_step", common=True), variant(name, "own", common=False)] for name in names
    }
    runs = [rotated(course, turn + later) for later in range(len(names))]
    for run in runs:
        assert all(any(v.name == "own" for v in found) for found in run.values())
        assert sum(v.common for found in run.values() for v in found) == min(2, len(names))
    assert {name for run in runs for name, found in run.items() if len(found) == 2} == set(names)


def test_one_lesson_alone_is_proved_whole() -> None:
    course = {"a": [variant("a", "no_step", common=True)]}
    assert rotated(course, 5) == course


@pytest.mark.parametrize("more", ["", "common = true\n"])
def test_a_mistake_says_whether_it_is_common(tmp_path: Path, more: str) -> None:
    wrong = MISTAKE.format(more=more)
    lesson(
        tmp_path, checks=CHECKS, reference=notebook("def f(x):\n    return x + 1"), mistakes={"same": wrong}
    )
    (found,) = [v for v in variants(Lesson.open(tmp_path / "assignments" / "tiny")) if v.kind == "mistake"]
    assert found.common == bool(more)
    assert 'return x"' in json.dumps(json.loads(found.content))


def test_an_edit_that_fits_nowhere_is_the_authors(tmp_path: Path) -> None:
    wrong = MISTAKE.format(more="").replace("x + 1", "x + 7")
    lesson(
        tmp_path, checks=CHECKS, reference=notebook("def f(x):\n    return x + 1"), mistakes={"gone": wrong}
    )
    with pytest.raises(LessonError, match="occurs 0 times"):
        list(variants(Lesson.open(tmp_path / "assignments" / "tiny")))
