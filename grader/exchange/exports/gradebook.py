"""Our own table over lessons, as CSV: one row for each student."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grader.exchange.exports import Filed, Order, Outcome, Written
from grader.exchange.exports.matching import BY_NAME, matched
from grader.exchange.exports.points import full
from grader.exchange.exports.roster import Person, is_trial, roster_in
from grader.exchange.exports.telling import number, who, why_blank
from grader.report.gradebook import BYTE_ORDER_MARK, quoted


@dataclass
class _Row:
    student: str
    student_id: str
    filed: dict[str, Filed] = field(default_factory=dict)
    by_name: set[str] = field(default_factory=set)
    """The lessons whose record was found by the name alone."""


def written(order: Order) -> Written:
    """student, student_id, then points, maximum and state of each lesson; totals where there are several.

    With a roster its people come first, in its order, then the records that it does not have. Begins with a
    byte order mark, without which spreadsheets misread Hangul.
    """
    by_lesson: dict[str, list[Filed]] = defaultdict(list)
    for one in order.filed:
        by_lesson[one.record.lesson].append(one)
    rows = _rows(by_lesson, _people(order))
    several = len(by_lesson) > 1
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    columns = [quoted(f"{lesson}{part}") for lesson in by_lesson for part in ("", " max", " state")]
    table.writerow(["student", "student_id", *columns, *(["total", "total max"] if several else [])])
    most = {lesson: full(filed) for lesson, filed in by_lesson.items()}
    for row in rows:
        cells = [cell for lesson in by_lesson for cell in _cells(row.filed.get(lesson), order.provisional)]
        total = _total(row, most, order.provisional) if several else []
        table.writerow([quoted(row.student), quoted(row.student_id), *cells, *total])
    remarks = ["Points out of " + ", ".join(f"{number(m)} in {lesson}" for lesson, m in most.items()) + "."]
    if several:
        remarks.append("A total has 0 for what was not handed in, and is blank while a person has to look.")
    if order.roster is None:
        remarks.append("Give --roster to see who handed in nothing.")
    return Written(
        (BYTE_ORDER_MARK + text.getvalue()).encode("utf-8"), _outcomes(rows, by_lesson, order), remarks
    )


def _people(order: Order) -> Sequence[Person]:
    people = roster_in(order.roster).people if order.roster is not None else []
    return [person for person in people if not is_trial(person)]


def _rows(by_lesson: dict[str, list[Filed]], people: Sequence[Person]) -> list[_Row]:
    listed = {p.row: _Row(p.name or p.ids[0], p.ids[0] if p.ids else "") for p in people if p.name or p.ids}
    others: dict[tuple[str, str, int], _Row] = {}
    for lesson, filed in by_lesson.items():
        match = matched(filed, people)
        for at, one in match.rows.items():
            listed[at].filed[lesson] = one
            listed[at].by_name |= {lesson} if at in match.by_name else set()
        taken = {id(one) for one in match.rows.values()}
        again: dict[tuple[str, str], int] = defaultdict(int)
        for one in filed:
            if id(one) in taken:
                continue
            # The same id under another name is somebody else's: the id of another platform.
            same = (one.record.student_id, unicodedata.normalize("NFKC", one.record.student).casefold())
            key = (*same, again[same])
            again[same] += 1
            row = others.setdefault(key, _Row(one.record.student, one.record.student_id))
            row.filed[lesson] = one
    return [*listed.values(), *(row for _, row in sorted(others.items()))]


def _cells(filed: Filed | None, provisional: bool) -> list[str]:
    if filed is None:
        return ["", "", ""]
    record = filed.record
    held = filed.due_for_review and not provisional
    state = "needs_review" if filed.due_for_review else record.state
    return ["" if held else number(record.score), number(record.max_score), state]


def _total(row: _Row, most: Mapping[str, float], provisional: bool) -> list[str]:
    filed = row.filed.values()
    worth = sum(
        row.filed[lesson].record.max_score if lesson in row.filed else most[lesson] for lesson in most
    )
    held = any(one.due_for_review for one in filed) and not provisional
    points = "" if held or not filed else number(sum(one.record.score for one in filed))
    return [points, number(worth)]


def _outcomes(rows: Sequence[_Row], by_lesson: dict[str, list[Filed]], order: Order) -> list[Outcome]:
    outcomes = []
    for lesson in by_lesson:
        for row in rows:
            one = row.filed.get(lesson)
            if one is None and order.roster is None:
                continue  # without a roster nobody knows who should have handed it in
            if one is None:
                label = f"{row.student} ({row.student_id})" if row.student_id != row.student else row.student
                outcomes.append(Outcome(label, lesson, "missing"))
            elif one.due_for_review and not order.provisional:
                outcomes.append(Outcome(who(one.record), lesson, "blank", why_blank(one)))
            else:
                why = BY_NAME if lesson in row.by_name else ""
                outcomes.append(Outcome(who(one.record), lesson, "written", why))
    return outcomes
