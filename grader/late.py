"""Handed in late: what a lesson.toml says of it, how late a submission is, and what that costs.

    due = 2026-12-01T23:59:00+09:00

    [late]
    grace = "15 min"          # costs nothing
    per_day = 10              # percent of the points that can be had, for each day begun
    most = 50                 # and never more
    closed_after = "7 days"   # from then on no points count
    marked = 10               # percent for a platform's mark without a time; nothing if left out

A day is 24 hours after the due moment, whatever the clocks of a country do meanwhile. Moments are compared
as such: with their offsets, never as a wall clock shows them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from grader.bounds import in_reach
from grader.errors import LessonError
from grader.record import Deadline, Record

DAY = timedelta(days=1)
FORM = "2026-12-01T23:59:00+09:00"
_KEYS = ("grace", "per_day", "most", "closed_after", "marked")
_UNITS = {"m": 60, "h": 3600, "d": 86400}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?) ?(min|minutes?|h|hours?|d|days?)")
_LONGEST = 366 * 86400.0


@dataclass(frozen=True)
class Lateness:
    """How late a submission is, and what that costs."""

    by: timedelta | None
    """Time since the due moment; None where a platform's mark says no more than that it is late."""
    percent: float
    """Of the points that can be had."""
    closed: bool = False
    """Whether it came when no points were to be had any more."""


def lateness(record: Record) -> Lateness | None:
    """How late the record's submission is; None where it came in time, or nothing says that it did not."""
    said, submitted = deadline_of(record), submitted_of(record)
    if said is None or submitted is None:
        told = record.marked_late and submitted is None
        return Lateness(None, said.marked if said else 0.0) if told else None
    by = submitted.astimezone(UTC) - said.due.astimezone(UTC)
    if by <= timedelta(seconds=said.grace):
        return None
    if said.closed_after is not None and by > timedelta(seconds=said.closed_after):
        return Lateness(by, 100.0, closed=True)
    days = -(-by // DAY)
    return Lateness(by, min(said.per_day * days, said.most))


def penalty(record: Record, raw: float, highest: float) -> float:
    """The points that lateness takes off `raw`, of `highest` to be had: never more than there are."""
    late = lateness(record)
    if late is None:
        return 0.0
    return raw if late.closed else min(round(highest * late.percent / 100, 6), raw)


def deadline_of(record: Record) -> Deadline | None:
    """The lesson's deadline, or the one that this student was given."""
    own = record.excuse.due if record.excuse else None
    if record.deadline is None or own is None:
        return record.deadline
    said = record.deadline
    return Deadline(own, said.grace, said.per_day, said.most, said.closed_after, said.marked)


def submitted_of(record: Record) -> datetime | None:
    """When it was handed in: as a person says, else as the platform says; None where nobody does."""
    if record.excuse is not None and record.excuse.submitted is not None:
        return record.excuse.submitted
    said = datetime.fromisoformat(record.submitted) if record.submitted else None
    return said if said is not None and said.tzinfo is not None else None


def charges(said: Deadline) -> bool:
    """Whether lateness can cost points."""
    return said.per_day > 0 or said.closed_after is not None or said.marked > 0


def due_of(content: Mapping[str, Any], where: str) -> datetime | None:
    """The due date of a lesson.toml; `where` names the file in the message of a `LessonError`."""
    due = content.get("due")
    if due is not None and not (isinstance(due, datetime) and due.tzinfo is not None):
        raise LessonError(f"{where}: due needs a date, a time and an offset, as {FORM}.")
    if due is not None and not in_reach(due):
        raise LessonError(f"{where}: due lies outside the years that there are; write it as {FORM}.")
    return due


def deadline(content: Mapping[str, Any], where: str) -> Deadline | None:
    """The due date and the table `[late]` of a lesson.toml. Raises `LessonError`."""
    due, table = due_of(content, where), content.get("late")
    if table is None:
        return Deadline(due) if due is not None else None
    if not isinstance(table, dict):
        raise LessonError(f"{where}: late is a table: [late], and below it per_day = 10.")
    unknown = sorted(set(table) - set(_KEYS))
    if unknown:
        raise LessonError(
            f"{where}: [late] has keys that mean nothing here: {', '.join(unknown)}. "
            f"Known are {', '.join(_KEYS)}."
        )
    if due is None:
        raise LessonError(f"{where}: [late] needs a due date above it, as due = {FORM}.")
    closed = table.get("closed_after")
    said = Deadline(
        due,
        grace=_seconds("grace", table.get("grace", "0 min"), where),
        per_day=_percent("per_day", table.get("per_day", 0), where),
        most=_percent("most", table.get("most", 100), where),
        closed_after=None if closed is None else _seconds("closed_after", closed, where),
        marked=_percent("marked", table.get("marked", 0), where),
    )
    if not charges(said):
        raise LessonError(f"{where}: [late] costs nothing: give it per_day, closed_after or marked.")
    if said.closed_after is not None and said.closed_after < said.grace:
        raise LessonError(f"{where}: [late] is closed before its grace is over.")
    if "most" in table and said.per_day > said.most:
        raise LessonError(f"{where}: [late] takes more for one day than the most that it takes.")
    return said


def _seconds(name: str, value: object, where: str) -> float:
    found = _LENGTH.fullmatch(value.strip()) if isinstance(value, str) else None
    seconds = float(found[1]) * _UNITS[found[2][0]] if found else math.inf
    if seconds <= _LONGEST:
        return seconds
    raise LessonError(
        f'{where}: {name} in [late] is {value!r}; write a length of time such as "15 min", "2 h" or '
        '"3 days", of a year at most.'
    )


def _percent(name: str, value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise LessonError(f"{where}: {name} in [late] is {value!r}; write a number of percent, as 10.")
    if not 0 <= value <= 100:
        raise LessonError(f"{where}: {name} in [late] is {value}; percent lie between 0 and 100.")
    return float(value)
