"""No score moves but by being right: every cheat on marks, graded from outside in one class."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.record import Record
from tests.cli.making import once
from tests.hostile import marks_comparing, marks_files, marks_judge, marks_reaching, marks_wire
from tests.hostile.answers import HONEST, LESSON, notebook
from tests.hostile.arranged import arranged, by_name, put
from tests.hostile.case import Hostile
from tests.hostile.course import Graded, keep, planted
from tests.hostile.expecting import (
    earns_what_is_honest,
    everyone_has_pages,
    files_are_small,
    neighbours_are_unharmed,
    nothing_is_left,
    says_what_happened,
)

CHEATS: dict[str, Hostile] = {
    **marks_comparing.CHEATS,
    **marks_reaching.CHEATS,
    **marks_files.CHEATS,
    **marks_judge.CHEATS,
    **marks_wire.CHEATS,
}
COMMAND = ("grade", "class", "--lesson", LESSON, "--out", "out", "--jobs", "2")


@pytest.fixture(scope="module")
def graded(base: Path) -> Graded:
    def make(folder: Path) -> None:
        keep(folder, lambda place: put(place, arranged(CHEATS, HONEST, LESSON)), *COMMAND)

    return Graded.kept(once(base, "hostile-marks", make))


@pytest.fixture(scope="module")
def alone(base: Path) -> dict[str, Record]:
    """The honest notebooks, graded without any hostile one. By the name of the part."""

    def make(folder: Path) -> None:
        class_ = ((name, notebook(list(cells), LESSON)) for name, cells in HONEST.items())
        keep(folder, lambda place: put(place, class_), *COMMAND)

    return Graded.kept(once(base, "hostile-marks-alone", make)).records(LESSON)


@pytest.fixture(scope="module")
def records(graded: Graded) -> dict[str, Record]:
    return graded.records(LESSON)


def test_the_honest_parts_earn_what_they_should(alone: dict[str, Record]) -> None:
    scores = {name: record.score for name, record in alone.items()}
    assert scores["nothing"] == 0
    assert scores["right"] == alone["right"].max_score == 20
    assert 0 < scores["softmax"] < scores["wrong"] < 20


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_earns_what_its_honest_part_earns(
    records: dict[str, Record], alone: dict[str, Record], name: str
) -> None:
    earns_what_is_honest(by_name(records)[name], CHEATS[name], alone)


@pytest.mark.parametrize("name", CHEATS)
def test_the_record_says_what_happened(records: dict[str, Record], name: str) -> None:
    says_what_happened(by_name(records)[name], CHEATS[name])


def test_honest_neighbours_have_the_records_they_have_alone(
    records: dict[str, Record], alone: dict[str, Record]
) -> None:
    neighbours_are_unharmed(records, alone)


def test_everyone_has_a_record_and_pages_and_the_run_ends_well(graded: Graded) -> None:
    everyone_has_pages(graded, LESSON, len(list(arranged(CHEATS, HONEST, LESSON))))


def test_records_and_pages_stay_small(graded: Graded) -> None:
    files_are_small(graded)


def test_nothing_is_left_behind(graded: Graded) -> None:
    nothing_is_left(graded.processes, graded.files, graded.touched)
    assert planted() == []


def test_errors_that_carry_inputs_of_hidden_checks_reach_no_students_page(graded: Graded) -> None:
    """T24. All checks of that notebook that fail by `softmax` are public; none hidden is even run."""
    record = by_name(graded.records(LESSON))["errors_that_carry_inputs"]
    hidden = [check for check in record.checks if check.visibility == "hidden"]
    page = next((graded.folder / "out" / LESSON).glob("*-errors_that_carry_inputs.html")).read_text("utf-8")
    for check in hidden:
        for finding in check.findings:
            numbers = re.findall(r"-?\d+\.\d{5,}", str(finding.facts))
            assert not any(number in page for number in numbers)
