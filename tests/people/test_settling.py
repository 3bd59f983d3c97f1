"""A person's word over a record: points, score and state follow; nothing that was found is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.people.settling import settled
from grader.people.sheet import Given, Sheet, Timed
from grader.record import CheckState, Deadline, Record, decode, encode
from grader.report.words import Words
from tests.people.making import DUE, LATE, after, check, record

WORDS = Words.load(None)
STATES: list[CheckState] = ["passed", "failed", "blocked", "undecided", "broken", "manual"]


def put(of: Record, *given_: Given, late: Timed | None = None) -> Record:
    return settled(of, Sheet(list(given_), [late] if late else []), WORDS, "en")


@pytest.mark.parametrize(
    ("state", "before", "with_points"),
    [
        # (score, max_score, held, record's state)
        ("failed", (2.0, 5.0, 0.0, "graded"), (3.0, 5.0, 0.0, "graded")),
        ("blocked", (2.0, 5.0, 0.0, "graded"), (3.0, 5.0, 0.0, "graded")),
        ("undecided", (2.0, 5.0, 3.0, "needs_review"), (3.0, 5.0, 0.0, "graded")),
        ("manual", (2.0, 5.0, 3.0, "needs_review"), (3.0, 5.0, 0.0, "graded")),
        # What was out of the total comes back with a person's points.
        ("broken", (2.0, 2.0, 0.0, "needs_review"), (3.0, 5.0, 0.0, "graded")),
        ("passed", (5.0, 5.0, 0.0, "graded"), (3.0, 5.0, 0.0, "graded")),
    ],
)
def test_an_override_settles_a_check(
    state: CheckState, before: tuple[object, ...], with_points: tuple[object, ...]
) -> None:
    plain = record(check("test_a", "passed"), check("test_b", state, 3.0))
    assert (plain.score, plain.max_score, plain.held, plain.state) == before
    found = put(plain, Given("kim", "test_b", 1.0, "so"))
    assert (found.score, found.max_score, found.held, found.state) == with_points
    of = found.checks[1]
    assert of.override is not None
    assert (of.state, of.points, of.override.points, of.override.comment) == (state, 1.0, 1.0, "so")
    assert of.override.was == plain.checks[1].points
    assert of.findings == plain.checks[1].findings


@given(
    st.lists(st.sampled_from(STATES), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 4), st.floats(0, 3)), max_size=5, unique_by=lambda one: one[0]),
)
def test_settling_again_changes_nothing_and_without_the_sheet_all_is_as_it_was(
    states: list[CheckState], points: list[tuple[int, float]]
) -> None:
    plain = record(*[check(f"test_{at}", state, 3.0) for at, state in enumerate(states)], deadline=LATE)
    given_ = [Given("kim", f"test_{at}", many) for at, many in points]
    late = Timed("kim", submitted=DUE)
    found = put(plain, *given_, late=late)
    assert put(found, *given_, late=late) == found
    assert put(found) == plain
    assert decode(encode(found)) == found
    assert 0 <= found.score <= found.raw_score <= found.max_score


def test_nobody_else_is_touched() -> None:
    plain = record()
    assert put(plain, Given("lee", "test_b", 1.0)) == plain


def test_points_come_before_lateness() -> None:
    plain = record(check("test_a", "failed", 10.0), deadline=LATE, submitted=after(days=1))
    assert plain.score == 0.0
    found = put(plain, Given("kim", "test_a", 10.0))
    assert (found.raw_score, found.late_penalty, found.score) == (10.0, 1.0, 9.0)


def codes(of: Record) -> list[str]:
    return [note.code for note in of.notes]


def test_the_instructor_is_told_what_is_odd() -> None:
    plain = record()
    digest = plain.digest
    assert codes(put(plain, Given("kim", "test_b", 1.0, digest=digest))) == []
    assert codes(put(plain, Given("kim", "test_b", 1.0, digest="b" * 64))) == ["note.override_older"]
    unknown = put(plain, Given("kim", "test_z", 1.0, digest=digest))
    assert codes(unknown) == ["note.override_unknown"]
    assert "test_z" in unknown.notes[0].message
    assert unknown.score == plain.score
    capped = put(plain, Given("kim", "test_b", 9.0))
    assert codes(capped) == ["note.override_capped"]
    assert capped.score == 5.0


def test_a_mark_that_costs_nothing_is_told() -> None:
    assert codes(put(record(deadline=LATE, marked_late=True))) == ["note.late_unknown"]
    assert codes(put(record(deadline=Deadline(DUE), marked_late=True))) == []
    assert codes(put(record(deadline=Deadline(DUE, marked=5), marked_late=True))) == []
    told = put(record(deadline=LATE, marked_late=True), late=Timed("kim", submitted=DUE))
    assert codes(told) == []
    assert told.late_penalty == 0.0
