"""What a second grading changed: for whom, in which checks, and what could be behind it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from grader.filenames import stems
from grader.record import Override
from grader.regrade import Moved, compared, decode, encode
from grader.report.changes import changes
from grader.report.words import Words
from tests.people.making import check, record

WORDS = Words.load(None)
OLD = record()
NEW = record(check("test_a", "passed"), check("test_b", "passed", 3.0))


def test_nobody_changed() -> None:
    found = compared("tiny", {"kim": OLD}, [OLD], {"kim"})
    assert (found.same, found.changed, found.new, found.kept) == (1, [], [], [])
    assert "nobody's result has changed" in changes(found, WORDS, "en", 80).plain


def test_a_change_names_the_checks_and_the_reason() -> None:
    again = replace(NEW, digest="b" * 64)
    found = compared("tiny", {"kim": OLD}, [again], {"kim"})
    assert decode(encode(found)) == found
    [one] = found.changed
    assert (one.score_before, one.score_after, one.reasons) == (2.0, 5.0, ["notebook"])
    assert one.checks == [Moved("test_b", "failed", "passed", 0.0, 3.0)]
    said = changes(found, WORDS, "en", 80).plain
    assert "kim  2 → 5  another notebook" in said
    assert "✗ 0 → ✓ 3  test_b" in said


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"grader": "0.2.0"}, "grader"),
        ({"lesson": "lesson-2"}, "lesson"),
        ({"torch": "2.14"}, "versions"),
        ({"python": "3.12"}, "versions"),
        ({"sandbox": "landlock"}, "sandbox"),
        ({"secret": "t"}, "secret"),
        ({}, "other"),
    ],
)
def test_reasons_are_what_differs(change: dict[str, str], reason: str) -> None:
    again = replace(NEW, environment=replace(NEW.environment, **change))
    [one] = compared("tiny", {"kim": OLD}, [again], {"kim"}).changed
    assert one.reasons == [reason]


def test_a_person_and_lateness_are_reasons() -> None:
    by_hand = [replace(one, points=1.0, override=Override(1.0, "")) for one in OLD.checks]
    [one] = compared("tiny", {"kim": OLD}, [record(*by_hand)], {"kim"}).changed
    assert one.reasons == ["override"]
    late = replace(OLD, late_penalty=1.0, score=1.0)
    [one] = compared("tiny", {"kim": OLD}, [late], {"kim"}).changed
    assert one.reasons == ["late"]
    assert one.checks == []


def test_a_check_that_came_and_one_that_went() -> None:
    again = record(check("test_a", "passed"), check("test_c", "passed", 1.0))
    [one] = compared("tiny", {"kim": OLD}, [again], {"kim"}).changed
    assert one.checks == [
        Moved("test_c", None, "passed", None, 1.0),
        Moved("test_b", "failed", None, 0.0, None),
    ]


def test_who_is_new_and_who_stays_as_they_were() -> None:
    lee = record(student="lee")
    found = compared("tiny", {"kim": OLD, "park": record(student="park")}, [OLD, lee], {"kim", "lee"})
    assert [one.student_id for one in found.new] == ["lee"]
    assert [one.student_id for one in found.kept] == ["park"]


def test_the_screen_fits_and_is_bounded() -> None:
    many = {f"s{at}": record(student=f"s{at}") for at in range(300)}
    after = [replace(NEW, student="가" * 60, student_id=name) for name in many]
    said = changes(compared("tiny", many, after, set(many)), WORDS, "ko", 80)
    assert len(said.plain.splitlines()) < 40


def test_a_namesake_of_another_run_gets_other_files() -> None:
    """Who has a name in the folder keeps it, whatever is new beside it."""
    first = stems([("Kim Mina", "101")])
    assert first == {"101": "Kim Mina"}
    second = stems([("Kim Mina", "202"), ("kim mina", "303")], first)
    assert len({*first.values(), *second.values()}) == 3
    assert stems([("Kim Mina", "101"), ("Kim Mina", "202")], {**first, **second}) == {
        "101": "Kim Mina",
        "202": second["202"],
    }
