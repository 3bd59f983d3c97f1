"""The file in which people's words are kept, beside the records: `DIR/<lesson>/overrides.toml`.

    [[override]]
    student_id = "20241234"
    student = "김하늘"        # for whoever reads this; student_id is what counts
    check = "test_explains"
    points = 2
    comment = "The idea is right; the last step is missing."
    digest = "7f3a..."       # of the notebook that was looked at; written by the command
    when = 2026-12-03T10:12:00+09:00

    [[late]]
    student_id = "20241235"
    due = 2026-12-08T23:59:00+09:00         # another due date for this student
    submitted = 2026-12-05T09:00:00+09:00   # when it was handed in, where no platform says so
    comment = "Ill, with a certificate."

`grader override` writes it. Edited by hand, it counts from the next `grader report` or `grader grade` on.
"""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime
from pathlib import Path

import msgspec

from grader.bounds import in_reach
from grader.errors import UsageError
from grader.late import FORM
from grader.reading import UnreadableError, toml

NAME = "overrides.toml"
LONGEST_COMMENT = 2000
_SPACING = "\n\t\u00a0\u3000\u200c\u200d"
"""What is not printable and yet part of plain text, emoji among it."""


class Given(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Points that a person gives one student for one check."""

    student_id: str
    check: str
    points: float
    comment: str = ""
    student: str = ""
    digest: str = ""
    """Of the notebook that the person looked at; empty where nobody noted it."""
    when: datetime | None = None


class Timed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says of one student's time."""

    student_id: str
    due: datetime | None = None
    submitted: datetime | None = None
    comment: str = ""
    student: str = ""


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that people have said in one lesson, in the order of the file."""

    override: list[Given] = []
    late: list[Timed] = []

    def of(self, student_id: str) -> Sheet:
        """What is said of one student, and of nobody else."""
        return Sheet(
            [one for one in self.override if one.student_id == student_id],
            [one for one in self.late if one.student_id == student_id],
        )

    def points(self, student_id: str) -> dict[str, Given]:
        """What one student was given, by check."""
        return {one.check: one for one in self.override if one.student_id == student_id}

    def time(self, student_id: str) -> Timed | None:
        """What is said of one student's time."""
        return next((one for one in self.late if one.student_id == student_id), None)


def read(folder: Path) -> Sheet:
    """The sheet in a lesson's folder of records; an empty one where there is none. Raises `UsageError`."""
    path = folder / NAME
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Sheet()
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}. Points given by hand stand in it."
        ) from error
    try:
        return parsed(content.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no UTF-8 text ({error.reason}). Save it as UTF-8.") from error


def parsed(text: str, where: str = NAME) -> Sheet:
    """The sheet in `text`. Raises `UsageError`, which names `where` and what to mend."""
    try:
        sheet = msgspec.convert(toml(text), Sheet)
    except UnreadableError as error:
        raise UsageError(f"{where} is no TOML: {error}. Mend that line; nothing was changed.") from error
    except msgspec.ValidationError as error:
        raise UsageError(f"{where}: {_counted(str(error))}. Mend it there; nothing was changed.") from error
    for at, one in enumerate(sheet.override, start=1):
        if wrong := bad_points(one.points) or bad_comment(one.comment) or _bad_time("when", one.when):
            raise UsageError(f"{where}: {wrong} (the [[override]] number {at}, of {one.student_id}).")
    for at, time in enumerate(sheet.late, start=1):
        if time.due is None and time.submitted is None:
            wrong = "a [[late]] table needs due or submitted"
        else:
            wrong = _bad_time("due", time.due) or _bad_time("submitted", time.submitted)
        if wrong := wrong or bad_comment(time.comment):
            raise UsageError(f"{where}: {wrong} (the [[late]] number {at}, of {time.student_id}).")
    twice = Counter((one.student_id, one.check) for one in sheet.override) + Counter(
        (one.student_id, "late") for one in sheet.late
    )
    if again := [f"{who}, {what}" for (who, what), count in twice.items() if count > 1]:
        raise UsageError(f"{where} says two things of {again[0]}. Take one of them out.")
    return sheet


def bad_points(points: float) -> str:
    """Why these can be no points; empty where they can."""
    return "" if math.isfinite(points) and points >= 0 else f"points are 0 or more, not {points}"


def bad_comment(comment: str) -> str:
    """Why this can be no comment; empty where it can."""
    if len(comment) > LONGEST_COMMENT:
        return f"a comment has {LONGEST_COMMENT} characters at most, and this one has {len(comment)}"
    odd = sorted({f"U+{ord(c):04X}" for c in comment if not (c.isprintable() or c in _SPACING)})
    return f"a comment is plain text, and this one has {', '.join(odd[:3])} in it" if odd else ""


def _bad_time(key: str, moment: datetime | None) -> str:
    if moment is None or (moment.tzinfo is not None and in_reach(moment)):
        return ""
    return f"{key} needs {'an offset' if moment.tzinfo is None else 'a year that there is'}, as {FORM}"


def _counted(message: str) -> str:
    """msgspec's message with the place of the table as a person counts it."""
    said, _, place = message.partition(" - at `$.")
    table, _, rest = place.rstrip("`").partition("[")
    number, _, key = rest.partition("]")
    if not number.isdigit():
        return f"{said} ({table})" if table else said
    return (
        f"{said} ({'at ' + key.lstrip('.') + ' in ' if key else ''}the [[{table}]] number {int(number) + 1})"
    )
