"""No check reaches another, and whoever is to blame is blamed."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.record import Check, Record
from tests.cli.making import records, states
from tests.snapshots.course import BAD


@pytest.fixture(scope="module")
def graded(course: Path) -> dict[str, Record]:
    return records(course / "out" / "tiny")


def check(record: Record, name: str) -> Check:
    return next(one for one in record.checks if one.id == name)


@pytest.mark.parametrize("name", BAD)
def test_what_a_check_does_is_its_own(graded: dict[str, Record], name: str) -> None:
    assert check(graded["bad"], f"test_{name}").state == BAD[name]


@pytest.mark.parametrize("name", ["before", *[f"after_{name}" for name in BAD]])
def test_the_next_check_finds_nothing_of_it(graded: dict[str, Record], name: str) -> None:
    found = check(graded["bad"], f"test_{name}")
    assert (found.state, found.findings) == ("passed", [])
    assert check(graded["harmless"], f"test_{name}").state == "passed"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("crash", "call.failed"),
        ("leave", "notebook.died"),
        ("kill", "notebook.died"),
        ("hang", "call.out_of_time"),
        ("eat", "call.failed"),
    ],
)
def test_the_finding_says_what_happened(graded: dict[str, Record], name: str, code: str) -> None:
    finding = check(graded["bad"], f"test_{name}").findings[0]
    assert finding.code == code
    if name == "eat":
        assert finding.facts["type"] == "MemoryError"


def test_a_check_of_ours_that_breaks_on_the_reference_costs_nothing(graded: dict[str, Record]) -> None:
    for name in ("bad", "harmless", "odd"):
        record = graded[name]
        assert check(record, "test_ours_is_broken").state == "broken"
        assert check(record, "test_waits").state == "blocked"
        assert record.max_score == len(record.checks) - 1
        assert [note.code for note in record.notes if note.facts.get("check") == "test_ours_is_broken"] == [
            "note.grader_broken"
        ]


def test_what_breaks_for_one_submission_alone_is_held_for_a_person(graded: dict[str, Record]) -> None:
    for name in ("test_ours_breaks_here", "test_cannot_tell"):
        assert check(graded["odd"], name).state == "undecided"
        assert check(graded["odd"], name).points == 0
        assert check(graded["harmless"], name).state == "passed"
    assert graded["odd"].held == 2
    assert graded["harmless"].held == 0


def test_what_needs_a_person_is_listed_and_gives_status_1(course: Path, graded: dict[str, Record]) -> None:
    assert [graded[name].state for name in ("bad", "harmless", "odd")] == ["needs_review"] * 3
    assert (course / "status").read_text() == "1"
    said = (course / "said").read_text("utf-8")
    assert "Traceback" not in said
    assert "INTERNALERROR" not in said


def test_nothing_is_held_for_a_process_that_ended_among_the_checks(graded: dict[str, Record]) -> None:
    record = graded["dying"]
    assert "undecided" not in states(record).values()
    assert record.held == 0
    for name in ("test_after_mute", "test_cannot_tell"):
        found = check(record, name)
        assert (found.state, found.findings[0].code) == ("failed", "notebook.died")
