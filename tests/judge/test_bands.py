"""Bands of right answers behind the curves of a finding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader import lesson as lessons
from grader.errors import LessonError
from grader.evidence import Bars, Curve
from grader.judge.bands import Bands
from grader.judge.outcome import Found, Outcome

BAND = {"low": [1.0, 0.1], "high": [2.0, 0.2]}


def outcome(curve: Curve, check: str = "test_it") -> Outcome:
    found = [Found("accuracy.low", {}, [curve, Bars(["w"], [1.0])])]
    return Outcome(check, "hidden", "failed", 1.0, found, 0.1)


def bands(folder: Path, content: Any) -> Bands:
    (folder / "curves.json").write_text(json.dumps(content), "utf-8")
    return Bands.read(folder)


def test_a_curve_of_the_same_training_gets_its_band(tmp_path: Path) -> None:
    known = bands(tmp_path, {"test_it": {"300": BAND}})
    curve, other = known.behind(outcome(Curve([3.0, 2.0], of=300))).found[0].evidence
    assert curve == Curve([3.0, 2.0], [1.0, 0.1], [2.0, 0.2], of=300)
    assert other == Bars(["w"], [1.0])


@pytest.mark.parametrize(
    ("curve", "check"),
    [
        (Curve([3.0, 2.0], of=100), "test_it"),
        (Curve([3.0, 2.0], of=300), "test_other"),
        (Curve([3.0], of=300), "test_it"),
        (Curve([3.0, 2.0], [0.0, 0.0], [9.0, 9.0], of=300), "test_it"),
    ],
)
def test_another_curve_is_left_as_it_is(curve: Curve, check: str, tmp_path: Path) -> None:
    known = bands(tmp_path, {"test_it": {"300": BAND}})
    assert known.behind(outcome(curve, check)) == outcome(curve, check)


def test_a_lesson_without_the_file_has_no_bands(tmp_path: Path) -> None:
    assert Bands.read(tmp_path).behind(outcome(Curve([1.0], of=1))) == outcome(Curve([1.0], of=1))


@pytest.mark.parametrize("content", [[], {"test_it": {"300": {"low": "x"}}}, {"test_it": 3}])
def test_a_bad_file_is_the_authors_to_mend(content: Any, tmp_path: Path) -> None:
    with pytest.raises(LessonError, match=r"curves\.json"):
        bands(tmp_path, content)


@pytest.mark.parametrize("lesson", list(lessons.lessons()), ids=lambda lesson: lesson.name)
def test_the_bands_of_our_lessons_are_those_of_checks_that_exist(lesson: lessons.Lesson) -> None:
    path = lesson.folder / "curves.json"
    content = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    assert set(content) <= set(lesson.expected_checks(hidden=True))
    for by_count in content.values():
        for count, band in by_count.items():
            assert len(band["low"]) == len(band["high"]) <= 30
            assert int(count) >= len(band["low"])
            assert all(low <= high for low, high in zip(band["low"], band["high"], strict=True))
