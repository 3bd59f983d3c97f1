"""Nothing is harmed: every attack on the machine and on the reader, graded from outside in one class."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from grader.record import Record
from grader.sandbox import examine
from tests.hostile import levels, reports, tiny
from tests.hostile.arranged import arranged, by_name
from tests.hostile.course import Graded, planted
from tests.hostile.expecting import (
    earns_what_is_honest,
    everyone_has_pages,
    files_are_small,
    neighbours_are_unharmed,
    nothing_is_left,
    says_what_happened,
)
from tests.hostile.pages import is_safe

LEVEL = "bubblewrap"


@pytest.fixture(scope="module")
def works() -> None:
    (found,) = [one for one in examine() if one.level == LEVEL]
    if not found.works:
        pytest.skip(f"the level {LEVEL} does not work here: {found.detail}")


@pytest.fixture(scope="module")
def graded(base: Path, works: None) -> Graded:
    return levels.graded(base, "machine", levels.ALL, LEVEL)


@pytest.fixture(scope="module")
def alone(base: Path, works: None) -> dict[str, Record]:
    return levels.alone(base, "machine", LEVEL)


@pytest.fixture(scope="module")
def records(graded: Graded) -> dict[str, Record]:
    return graded.records(tiny.NAME)


def test_the_honest_parts_earn_what_they_should(alone: dict[str, Record]) -> None:
    assert {name: record.score for name, record in alone.items()} == {
        "nothing": 0,
        "wrong": 5,
        "right": tiny.FULL,
    }


@pytest.mark.parametrize("name", levels.ALL)
def test_an_attack_costs_at_most_its_own_points(
    records: dict[str, Record], alone: dict[str, Record], name: str
) -> None:
    earns_what_is_honest(by_name(records)[name], levels.ALL[name], alone)


@pytest.mark.parametrize("name", levels.ALL)
def test_each_is_stopped_with_its_own_finding(records: dict[str, Record], name: str) -> None:
    says_what_happened(by_name(records)[name], levels.ALL[name])


def test_honest_neighbours_have_the_records_they_have_alone(
    records: dict[str, Record], alone: dict[str, Record]
) -> None:
    neighbours_are_unharmed(records, alone)


def test_nothing_is_left_and_nobody_was_reached(graded: Graded) -> None:
    nothing_is_left(graded.processes, graded.files, graded.touched)
    assert planted() == []
    assert json.loads((graded.folder / "reached").read_text()) == []


def test_everyone_has_a_record_and_pages_and_the_run_ends_well(graded: Graded) -> None:
    everyone_has_pages(graded, tiny.NAME, len(list(arranged(levels.ALL, tiny.HONEST, tiny.NAME))))


def test_records_and_pages_stay_small(graded: Graded) -> None:
    files_are_small(graded)


@pytest.mark.parametrize("name", reports.ATTACKS)
def test_pages_are_safe_to_open(graded: Graded, name: str) -> None:
    pages = list((graded.folder / "out").rglob(f"*-{name}.html"))
    assert len(pages) == 2
    for page in pages:
        is_safe(page.read_text("utf-8"))


def test_what_is_printed_neither_commands_a_terminal_nor_a_workflow(graded: Graded) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", graded.stdout)
    assert not re.search(r"^\s*(::|##)", graded.stdout, re.MULTILINE)


def test_the_gradebook_holds_no_formula(graded: Graded) -> None:
    with open(graded.folder / "out" / tiny.NAME / "gradebook.csv", encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]


def test_drawn_inputs_of_hidden_checks_stand_on_no_students_page(graded: Graded) -> None:
    """T24. The error of `f` carries its input; that of the hidden check has seven digits."""
    record = by_name(graded.records(tiny.NAME))["inputs_in_errors"]
    (hidden,) = [check for check in record.checks if check.visibility == "hidden"]
    drawn = re.search(r"\d{7}", str(hidden.findings[0].facts))
    assert drawn is not None
    (page,) = (graded.folder / "out" / tiny.NAME).glob("*-inputs_in_errors.html")
    assert drawn.group() not in page.read_text("utf-8")
