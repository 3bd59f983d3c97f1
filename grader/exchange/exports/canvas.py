"""Canvas's gradebook, as it was exported, with the points of the lessons in it.

Canvas takes a new title for a new assignment and an unknown row for a new student, and a blank cell for a
grade to delete. So nothing is written but points, in the column of the lesson's assignment where there is
one, and what already stands in a cell stays where there are no points to write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from grader.errors import UsageError
from grader.exchange import names
from grader.exchange.exports import Order, Outcome, Written
from grader.exchange.exports.matching import BY_NAME, Match, matched
from grader.exchange.exports.points import full, read_number, scale_remark, scaled
from grader.exchange.exports.roster import Roster, points_possible, roster_in
from grader.exchange.exports.telling import number, who, why_blank
from grader.report.gradebook import quoted

_ASSIGNMENT = re.compile(r"(?P<title>.*\S)\s*\((?P<id>[0-9]+)\)", re.DOTALL)
_POINTS = "    Points Possible"


def written(order: Order) -> Written:
    """The roster with the points in it. Raises `UsageError` where it is none, or two columns fit."""
    if order.roster is None:
        raise UsageError(
            "Canvas needs the gradebook that it exported (Grades, Export): give it with --roster FILE."
        )
    roster = roster_in(order.roster)
    if roster.kind != "canvas":
        raise UsageError(
            "The roster is no gradebook of Canvas: its first columns would be Student and ID, and one more "
            f"Section. They are: {', '.join(roster.header[:6])}."
        )
    columns = _columns(roster, order)
    possible = points_possible(roster.sheet)
    cells: dict[tuple[int, int], str] = {}
    worth: dict[int, str] = {}
    outcomes: list[Outcome] = []
    remarks: list[str] = []
    new = roster.sheet.width
    for lesson, group in groupby(order.filed, key=lambda filed: filed.record.lesson):
        filed = list(group)
        match = matched(filed, roster.people)
        column = columns[lesson]
        most = full(filed)
        if column is None:
            column, new = new, new + 1
            title = order.title(lesson)
            cells[0, column] = quoted(title)
            worth[column] = number(most)
            remarks.append(f"The roster has no assignment {title}: Canvas will offer to make a new one.")
        elif possible is not None:
            _refuse_read_only(roster, possible, column)
            most = read_number(roster.sheet.text(possible, column)) or most
        remarks.append(scale_remark(_named(roster, cells, column), lesson, most, filed))
        outcomes += _fill(cells, roster, match, lesson, column, most, order.provisional)
    if worth:
        # Canvas tells commas from semicolons by rows that are all of one length.
        filled = [row for row in range(1, len(roster.sheet.rows)) if len(roster.sheet.rows[row]) > 1]
        cells = {(row, new - 1): "" for row in filled} | cells
    extra = {}
    if worth and possible is None:
        texts = [_POINTS, *(worth.get(at, "") for at in range(1, new))]
        extra[0] = roster.sheet.delimiter.join(map(roster.sheet.quoted, texts))
    elif possible is not None:
        cells |= {(possible, at): text for at, text in worth.items()}
    return Written(roster.sheet.changed(cells, extra), outcomes, remarks)


def _fill(
    cells: dict[tuple[int, int], str],
    roster: Roster,
    match: Match,
    lesson: str,
    column: int,
    most: float,
    provisional: bool,
) -> list[Outcome]:
    outcomes = []
    for row, filed in match.rows.items():
        points = scaled(filed, most)
        stands = roster.sheet.text(row, column)
        kept = f" The roster's {stands} stays." if stands else ""
        if filed.due_for_review and not provisional:
            outcomes.append(Outcome(who(filed.record), lesson, "blank", why_blank(filed) + kept))
        elif points is None:
            outcomes.append(Outcome(who(filed.record), lesson, "blank", "Every check broke." + kept))
        else:
            cells[row, column] = points
            why = BY_NAME if row in match.by_name else ""
            outcomes.append(Outcome(who(filed.record), lesson, "written", why))
    return outcomes + match.outcomes(lesson)


def _columns(roster: Roster, order: Order) -> dict[str, int | None]:
    """The column of each lesson's assignment; None where the roster has none."""
    lessons = list(dict.fromkeys(filed.record.lesson for filed in order.filed))
    titled = {
        at: (found["title"] if (found := _ASSIGNMENT.fullmatch(name)) else name)
        for at, name in enumerate(roster.header)
        if at > roster.header.index("Section")
    }
    columns: dict[str, int | None] = {}
    for lesson in lessons:
        called = [lesson, *order.titles.get(lesson, ())]
        exact = [at for at, title in titled.items() if names.lesson_called(title, called)]
        within = [at for at, title in titled.items() if any(names.lesson_in(title, [one]) for one in called)]
        columns[lesson] = _only(lesson, exact or within, roster.header)
    for at in {at for at in columns.values() if at is not None}:
        claims = [lesson for lesson, column in columns.items() if column == at]
        if len(claims) > 1:
            raise UsageError(
                f"The column {roster.header[at]} could be of {' and of '.join(claims)}. Export one lesson "
                "at a time: give its folder."
            )
    return columns


def _only(lesson: str, found: Sequence[int], header: Sequence[str]) -> int | None:
    if len(found) > 1:
        named = ", ".join(header[at] for at in found)
        raise UsageError(
            f"Several columns of the roster could be of {lesson}: {named}. Delete those that are not meant "
            "from the file: Canvas leaves alone what a file does not name."
        )
    return found[0] if found else None


def _named(roster: Roster, cells: Mapping[tuple[int, int], str], column: int) -> str:
    header = roster.header[column] if column < len(roster.header) else cells[0, column]
    return f"Column “{header}”"


def _refuse_read_only(roster: Roster, possible: int, column: int) -> None:
    if "read only" in roster.sheet.text(possible, column).casefold():
        raise UsageError(
            f"Canvas does not let anybody change the column {roster.header[column]}: it is read only. "
            "Delete it from the roster, and Canvas will offer a new assignment."
        )
