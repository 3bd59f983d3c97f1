"""A record with what people said applied: points, score and state follow; what the checks found stays."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from grader.late import charges, lateness
from grader.people.sheet import Given, Sheet
from grader.record import Check, Excuse, Fact, Note, Override, Record
from grader.report.words import Lang, Words
from grader.totals import totalled

_CODES = ("note.override_older", "note.override_unknown", "note.override_capped", "note.late_unknown")
"""Notes that are written here, anew each time."""


def settled(record: Record, sheet: Sheet, words: Words, lang: Lang) -> Record:
    """The record as `sheet` has it. Doing so again changes nothing; without its tables all is as it was.

    An override holds whatever the check finds, also of a later notebook; then a note says so. One of more
    points than the check has by now gives all of them, and a note says so, too.
    """
    given, time = sheet.points(record.student_id), sheet.time(record.student_id)
    checks = [_checked(check, given.get(check.id)) for check in record.checks]
    excuse = Excuse(time.due, time.submitted, time.comment) if time is not None else None
    whole = totalled(replace(record, checks=checks, excuse=excuse))
    said = [*_of_points(whole, given), *_of_time(whole)]
    notes = [note for note in record.notes if note.code not in _CODES]
    notes += [Note(code, words.note(code, facts, lang), facts) for code, facts in said]
    return replace(whole, notes=notes)


def without_people(check: Check) -> Check:
    """The check as it was before a person said anything."""
    return check if check.override is None else replace(check, points=check.override.was, override=None)


def _checked(check: Check, given: Given | None) -> Check:
    plain = without_people(check)
    if given is None:
        return plain
    points = min(given.points, plain.max_points)
    return replace(plain, points=points, override=Override(points, given.comment, plain.points))


def _of_points(record: Record, given: dict[str, Given]) -> Iterator[tuple[str, dict[str, Fact]]]:
    known = {check.id: check for check in record.checks}
    for name, one in given.items():
        if name not in known:
            yield "note.override_unknown", {"check": name, "points": one.points}
            continue
        if one.digest and one.digest != record.digest:
            yield "note.override_older", {"check": name, "points": known[name].points}
        if one.points > known[name].max_points:
            yield (
                "note.override_capped",
                {"check": name, "points": one.points, "max": known[name].max_points},
            )


def _of_time(record: Record) -> Iterator[tuple[str, dict[str, Fact]]]:
    late = lateness(record)
    if late is None or late.by is not None or late.percent or record.deadline is None:
        return
    if charges(record.deadline):
        yield "note.late_unknown", {}
