"""No score moves but by being right, with the models of two lessons."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.record import Record
from tests.cli.making import once
from tests.hostile.answers import notebook
from tests.hostile.arranged import arranged, by_name, put
from tests.hostile.course import Graded, keep
from tests.hostile.expecting import (
    earns_what_is_honest,
    neighbours_are_unharmed,
    nothing_is_left,
    says_what_happened,
)
from tests.hostile.marks_models import CHEATS, parts

NAMES = [(lesson, name) for lesson, table in CHEATS.items() for name in table]
COMMAND = ("grade", "class", "--out", "out", "--jobs", "2")


@pytest.fixture(scope="module")
def graded(base: Path) -> Graded:
    def make(folder: Path) -> None:
        class_ = [
            (f"{lesson}-{student}", content)
            for lesson, table in CHEATS.items()
            for student, content in arranged(table, parts(lesson), lesson)
        ]
        keep(folder, lambda place: put(place, iter(class_)), *COMMAND)

    return Graded.kept(once(base, "hostile-models", make))


@pytest.fixture(scope="module")
def alone(base: Path) -> dict[str, dict[str, Record]]:
    """By lesson and part: the honest notebooks without any hostile one."""

    def make(folder: Path) -> None:
        class_ = [
            (f"{lesson}-{part}", notebook(list(cells), lesson))
            for lesson in CHEATS
            for part, cells in parts(lesson).items()
        ]
        keep(folder, lambda place: put(place, iter(class_)), *COMMAND)

    done = Graded.kept(once(base, "hostile-models-alone", make))
    return {lesson: _students(done, lesson) for lesson in CHEATS}


def _students(graded: Graded, lesson: str) -> dict[str, Record]:
    """The records of a lesson by the name of the student less that of the lesson."""
    return {name.partition("-")[2]: record for name, record in graded.records(lesson).items()}


@pytest.mark.parametrize(("lesson", "name"), NAMES)
def test_a_cheat_earns_nothing(
    graded: Graded, alone: dict[str, dict[str, Record]], lesson: str, name: str
) -> None:
    record = by_name(_students(graded, lesson))[name]
    earns_what_is_honest(record, CHEATS[lesson][name], alone[lesson])
    says_what_happened(record, CHEATS[lesson][name])


@pytest.mark.parametrize("lesson", CHEATS)
def test_honest_neighbours_have_the_records_they_have_alone(
    graded: Graded, alone: dict[str, dict[str, Record]], lesson: str
) -> None:
    assert {part: record.score for part, record in alone[lesson].items()} == {"nothing": 0, "right": 20}
    neighbours_are_unharmed(_students(graded, lesson), alone[lesson])


def test_nothing_is_left_behind(graded: Graded) -> None:
    nothing_is_left(graded.processes, graded.files, graded.touched)
    assert (graded.status, graded.stderr) == (0, "")
