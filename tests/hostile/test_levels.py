"""One of each kind of harm at the level without namespaces, and by an operator without any rights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.record import Record
from grader.sandbox import examine
from tests.hostile import levels, tiny
from tests.hostile.arranged import by_name
from tests.hostile.course import Graded, planted
from tests.hostile.expecting import (
    earns_what_is_honest,
    neighbours_are_unharmed,
    nothing_is_left,
    says_what_happened,
)

TABLE = levels.few()


@dataclass(frozen=True)
class At:
    """What was graded at one level by one operator."""

    level: str
    nobody: bool
    graded: Graded
    alone: dict[str, Record]

    def record(self, name: str) -> Record:
        return by_name(self.graded.records(tiny.NAME))[name]


@pytest.fixture(scope="module", params=["landlock", "landlock-nobody", "bubblewrap-nobody"])
def at(base: Path, request: pytest.FixtureRequest) -> At:
    level, _, nobody = request.param.partition("-")
    operator = levels.unprivileged() if nobody else None
    (found,) = [one for one in examine() if one.level == level]
    if not found.works:
        pytest.skip(f"the level {level} does not work here: {found.detail}")
    graded = levels.graded(base, request.param, TABLE, level, operator)
    return At(level, operator is not None, graded, levels.alone(base, request.param, level, operator))


@pytest.mark.parametrize("name", TABLE)
def test_an_attack_costs_at_most_its_own_points(at: At, name: str) -> None:
    assert at.record(name).environment.sandbox == at.level
    earns_what_is_honest(at.record(name), TABLE[name], at.alone)


@pytest.mark.parametrize("name", TABLE)
def test_each_is_stopped_with_its_own_finding(at: At, name: str) -> None:
    says_what_happened(at.record(name), TABLE[name])


def test_honest_neighbours_have_the_records_they_have_alone(at: At) -> None:
    assert {part: record.score for part, record in at.alone.items()} == {"nothing": 0, "wrong": 5, "right": 6}
    neighbours_are_unharmed(at.graded.records(tiny.NAME), at.alone)


def test_a_file_that_may_not_be_read_is_a_record(at: At) -> None:
    """F17. Root may read everything, so there is no such file for root."""
    if at.nobody:
        finding = at.graded.records(tiny.NAME)[levels.UNREADABLE].run.finding
        assert finding is not None
        assert finding.facts["reason"] == "no_permission"


def test_nothing_is_left_and_nobody_was_reached(at: At) -> None:
    nothing_is_left(at.graded.processes, at.graded.files, at.graded.touched)
    assert planted() == []
    assert json.loads((at.graded.folder / "reached").read_text()) == []
    assert (at.graded.status, at.graded.stderr) == (0, "")
