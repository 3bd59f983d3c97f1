"""Moodle's grading worksheet, as it was downloaded, with the grades in it, and a zip of the reports.

Moodle passes over, without a word, rows whose grade is out of range or locked, or was changed after the
worksheet was made; it reads that from `Last modified (grade)`. So no other byte is changed.
"""

from __future__ import annotations

from grader.errors import UsageError
from grader.exchange.exports import Filed, Order, Outcome, Written
from grader.exchange.exports.feedback import Report, feedback_zip
from grader.exchange.exports.matching import BY_NAME, matched
from grader.exchange.exports.points import full, read_number, scale_remark, scaled
from grader.exchange.exports.roster import Roster, roster_in
from grader.exchange.exports.telling import number, who, why_blank
from grader.exchange.exports.worksheet import Columns, columns, locked


def written(order: Order) -> Written:
    """The worksheet filled, and `-feedback.zip`. Raises `UsageError` where that cannot be done."""
    lessons = list(dict.fromkeys(filed.record.lesson for filed in order.filed))
    if order.roster is None:
        raise UsageError(
            "Moodle needs the worksheet of the assignment (View all submissions, Download grading "
            "worksheet): give it with --roster FILE."
        )
    if len(lessons) > 1:
        raise UsageError(
            "A worksheet of Moodle is for one assignment, and these are the records of "
            f"{len(lessons)} lessons: {', '.join(lessons)}. Give the folder of one of them."
        )
    roster = roster_in(order.roster)
    found = columns(roster.sheet, [person.row for person in roster.people])
    if roster.kind != "moodle" or found is None:
        raise UsageError(
            "The roster is no grading worksheet of Moodle, or its columns cannot be told apart: "
            f"{', '.join(roster.header[:12])}. Switch Moodle to English and download the worksheet again."
        )
    return _filled(order, roster, found, lessons[0])


def _filled(order: Order, roster: Roster, found: Columns, lesson: str) -> Written:
    match = matched(order.filed, roster.people)
    numbers = {person.row: person.ids[0] if person.ids else "" for person in roster.people}
    cells: dict[tuple[int, int], str] = {}
    outcomes: list[Outcome] = []
    reports: list[Report] = []
    for row, filed in match.rows.items():
        name = who(filed.record)
        stands = roster.sheet.text(row, found.grade)
        kept = f" The worksheet's {stands} stays." if read_number(stands) is not None else ""
        points, refused = _points(roster, found, row, filed)
        if filed.due_for_review and not order.provisional:
            outcomes.append(Outcome(name, lesson, "blank", why_blank(filed) + kept))
            continue
        reports.append(Report(filed, numbers[row]))
        if points is None:
            outcomes.append(Outcome(name, lesson, "blank", refused + kept))
        else:
            cells[row, found.grade] = points
            why = BY_NAME if row in match.by_name else ""
            outcomes.append(Outcome(name, lesson, "written", why))
    archive, unread = feedback_zip(reports)
    outcomes += match.outcomes(lesson)
    remarks = [_scale(order, roster, found, lesson)]
    if not found.known:
        grade, most = roster.header[found.grade], roster.header[found.most]
        remarks.append(
            f"The columns were found by their place: {grade} for the grade, {most} for its maximum."
        )
    remarks += [f"{path} cannot be read, so the feedback lacks it." for path in unread]
    beside = {"-feedback.zip": archive} if archive else {}
    return Written(roster.sheet.changed(cells), outcomes, remarks, beside)


def _points(roster: Roster, found: Columns, row: int, filed: Filed) -> tuple[str | None, str]:
    """The grade, or None and why there is none."""
    most = read_number(roster.sheet.text(row, found.most))
    if most is None:
        return None, "Its maximum in the worksheet is no number: Moodle grades this by a scale of words."
    if locked(roster.sheet, row, found):
        return None, "Moodle says that this grade cannot be changed."
    return scaled(filed, most), "Every check broke."


def _scale(order: Order, roster: Roster, found: Columns, lesson: str) -> str:
    said = {read_number(roster.sheet.text(person.row, found.most)) for person in roster.people}
    most = [value for value in said if value is not None]
    if len(most) == 1:
        return scale_remark("Worksheet", lesson, most[0], order.filed)
    return f"Worksheet: scores out of {number(full(order.filed))} are scaled to the maximum of each row."
