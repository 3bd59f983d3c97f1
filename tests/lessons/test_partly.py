"""A notebook with one function filled in earns that function's points, and is called wrong nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.lesson import Lesson
from grader.record import Record
from tests.cli.making import ROOT, SECRET, once, records, run
from tests.lessons.partly import leans_on, only

LESSONS = sorted(path.parent.name for path in (ROOT / "assignments").glob("*/lesson.toml"))


def opened(name: str) -> Lesson:
    return Lesson.open(ROOT / "assignments" / name)


@pytest.fixture
def alone(base: Path, request: pytest.FixtureRequest) -> dict[str, Record]:
    """By name of the contract: the record of the notebook with that one alone."""
    lesson = opened(request.param)

    def make(root: Path) -> None:
        (root / "class").mkdir()
        (root / "secret").write_text(SECRET, "utf-8")
        for name in lesson.names:
            (root / "class" / f"{name}.ipynb").write_bytes(only(lesson, name))
        done = run(root, "grade", "class", "--out", "out")
        assert done.returncode == 0, done.stdout + done.stderr

    return records(once(base, f"partly-{lesson.name}", make) / "out" / lesson.name)


@pytest.mark.parametrize("alone", LESSONS, indirect=True)
def test_what_is_not_there_is_not_attempted_rather_than_wrong(alone: dict[str, Record]) -> None:
    for name, record in alone.items():
        codes = {
            f"{check.id}: {check.findings[0].code if check.findings else check.state}"
            for check in record.checks
            if check.state not in ("passed", "blocked")
        }
        wrong = {code for code in codes if not code.endswith(("notebook.not_attempted", "name.missing"))}
        assert not wrong, f"with {name} alone"


@pytest.mark.parametrize("alone", LESSONS, indirect=True)
def test_no_point_is_earned_twice(alone: dict[str, Record]) -> None:
    """Each check belongs to one answer."""
    earned = [
        (check.id, name)
        for name, record in alone.items()
        for check in record.checks
        if check.state == "passed" and check.points
    ]
    assert len({check for check, _ in earned}) == len(earned), sorted(earned)


@pytest.mark.parametrize("alone", LESSONS, indirect=True)
def test_what_stands_by_itself_earns_its_points(alone: dict[str, Record]) -> None:
    lesson = opened(next(iter(alone.values())).lesson)
    for name, record in alone.items():
        assert record.score < record.max_score
        if not leans_on(lesson, name):
            assert record.score > 0, name
