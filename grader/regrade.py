"""What a grading into a folder that already held records has changed, for whom, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import msgspec

from grader.record import Check, Record

Reason = Literal["notebook", "lesson", "grader", "versions", "sandbox", "secret", "override", "late", "other"]
NAME = "instructor/regrade.json"
"""The file, below the lesson's folder of records."""


class Moved(msgspec.Struct, frozen=True):
    """A check that ended otherwise; None where there was no such check."""

    id: str
    before: str | None
    after: str | None
    points_before: float | None
    points_after: float | None


class Change(msgspec.Struct, frozen=True):
    """One student whose result is another one. `reasons`: all that differs and could be behind it."""

    student: str
    student_id: str
    score_before: float
    score_after: float
    max_before: float
    max_after: float
    checks: list[Moved]
    reasons: list[Reason]


class Person(msgspec.Struct, frozen=True):
    """A student, by name and id."""

    student: str
    student_id: str


class Regrade(msgspec.Struct, frozen=True):
    """A grading compared with the records that lay there before."""

    lesson: str
    same: int
    """Students whose result is what it was."""
    changed: list[Change]
    new: list[Person]
    """Students without a record before."""
    kept: list[Person]
    """Students with a record who were not among the submissions: theirs is left as it is."""
    schema: Literal["grader/regrade/1"] = "grader/regrade/1"


def compared(
    lesson: str, before: Mapping[str, Record], after: Sequence[Record], handed_in: Collection[str]
) -> Regrade:
    """before: the records that lay there, by student_id
    after: those of this run
    handed_in: ids of all students of this run, graded or not
    """
    changed, same, new = [], 0, []
    for record in after:
        old = before.get(record.student_id)
        if old is None:
            new.append(Person(record.student, record.student_id))
        elif change := _change(old, record):
            changed.append(change)
        else:
            same += 1
    kept = [Person(old.student, key) for key, old in before.items() if key not in handed_in]
    return Regrade(lesson, same, changed, _sorted(new), _sorted(kept))


def encode(regrade: Regrade) -> bytes:
    """The bytes of the file: indented JSON, UTF-8, one trailing newline."""
    return msgspec.json.format(msgspec.json.encode(regrade, order="deterministic"), indent=1) + b"\n"


def decode(content: bytes) -> Regrade:
    """Raises `msgspec.MsgspecError` where `content` is none."""
    return msgspec.json.decode(content, type=Regrade)


def _change(old: Record, new: Record) -> Change | None:
    was, is_ = {check.id: check for check in old.checks}, {check.id: check for check in new.checks}
    moved = [
        _moved(name, was.get(name), is_.get(name))
        for name in dict.fromkeys([*is_, *was])
        if _seen(was.get(name)) != _seen(is_.get(name))
    ]
    if not moved and (old.score, old.max_score) == (new.score, new.max_score):
        return None
    return Change(
        new.student,
        new.student_id,
        old.score,
        new.score,
        old.max_score,
        new.max_score,
        moved,
        _reasons(old, new) or ["other"],
    )


def _moved(name: str, was: Check | None, is_: Check | None) -> Moved:
    return Moved(
        name,
        was.state if was else None,
        is_.state if is_ else None,
        was.points if was else None,
        is_.points if is_ else None,
    )


def _seen(check: Check | None) -> tuple[str, float, float] | None:
    return (check.state, check.points, check.max_points) if check else None


def _reasons(old: Record, new: Record) -> list[Reason]:
    was, is_ = old.environment, new.environment
    differs: list[tuple[Reason, bool]] = [
        ("notebook", old.digest != new.digest),
        # Records of a grader that did not write it yet say nothing of the lesson.
        ("lesson", bool(was.lesson) and was.lesson != is_.lesson),
        ("grader", was.grader != is_.grader),
        ("versions", (was.python, was.torch) != (is_.python, is_.torch)),
        ("sandbox", was.sandbox != is_.sandbox),
        ("secret", was.secret != is_.secret),
        ("override", _by_hand(old) != _by_hand(new)),
        ("late", _time(old) != _time(new)),
    ]
    return [reason for reason, true in differs if true]


def _by_hand(record: Record) -> dict[str, float]:
    return {check.id: check.override.points for check in record.checks if check.override is not None}


def _time(record: Record) -> tuple[float, str | None]:
    return record.late_penalty, record.submitted


def _sorted(people: Sequence[Person]) -> list[Person]:
    return sorted(people, key=lambda person: (person.student, person.student_id))
