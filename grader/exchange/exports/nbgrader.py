"""The grades as `nbgrader export` writes them: one row for each student and assignment."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from itertools import groupby

from grader.exchange.exports import Filed, Order, Outcome, Written
from grader.exchange.exports.matching import Match, matched
from grader.exchange.exports.points import full
from grader.exchange.exports.roster import Person, roster_in
from grader.exchange.exports.telling import number, who, why_blank
from grader.record import Record
from grader.report.gradebook import quoted

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score",
)  # fmt: skip


def written(order: Order) -> Written:
    """The table; with a roster also names, addresses and those who have handed in nothing, without points."""
    people = roster_in(order.roster).people if order.roster is not None else []
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    outcomes: list[Outcome] = []
    for lesson, group in groupby(order.filed, key=lambda filed: filed.record.lesson):
        filed = list(group)
        match = matched(filed, people)
        persons = {person.row: person for person in people}
        known = {id(one): persons[row] for row, one in match.rows.items()}
        for one in filed:
            held = one.due_for_review and not order.provisional
            rows.writerow(_row(one.record, known.get(id(one)), held))
            outcomes.append(_outcome(one, held))
        most = number(full(filed))
        for person in match.missing:
            student_id = quoted(person.ids[0]) if person.ids else ""
            name = (quoted(person.last or person.name), quoted(person.first), quoted(person.email))
            rows.writerow([lesson, "", "", student_id, *name, "", "", "", most])
        outcomes += _left_over(match, lesson)
    remarks = ["Scores are points. nbgrader itself writes 0 for who handed in nothing; here that is blank."]
    return Written(text.getvalue().encode("utf-8"), outcomes, remarks)


def _row(record: Record, person: Person | None, held: bool) -> list[str]:
    apart = record.student if record.student != record.student_id else ""
    last, first, email = (person.last, person.first, person.email) if person else ("", "", "")
    points = [record.raw_score, record.late_penalty, record.score]
    return [
        record.lesson,
        _time(record.deadline.due) if record.deadline else "",
        _submitted(record),
        quoted(record.student_id),
        quoted(last or (person.name if person else "") or apart),
        quoted(first),
        quoted(email),
        *("" if held else number(value) for value in points),
        number(record.max_score),
    ]


def _outcome(filed: Filed, held: bool) -> Outcome:
    name, lesson = who(filed.record), filed.record.lesson
    return Outcome(name, lesson, "blank" if held else "written", why_blank(filed) if held else "")


def _left_over(match: Match, lesson: str) -> list[Outcome]:
    """Those without a record: a record that the roster does not have is in the table all the same."""
    return [one for one in match.outcomes(lesson) if one.fate == "missing"]


def _submitted(record: Record) -> str:
    try:
        return _time(datetime.fromisoformat(record.submitted)) if record.submitted else ""
    except (ValueError, OverflowError):
        return ""


def _time(when: datetime) -> str:
    """As nbgrader keeps it: UTC, without saying so."""
    return str(when.astimezone(UTC).replace(tzinfo=None))
