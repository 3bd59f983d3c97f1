"""How exports speak of students, of points, and of why somebody has none yet."""

from __future__ import annotations

from grader.exchange.exports import Filed
from grader.record import Record
from grader.totals import is_open


def who(record: Record) -> str:
    """The student's name, with the id where that says more."""
    same = record.student_id in (record.student, "")
    return record.student if same else f"{record.student} ({record.student_id})"


def number(value: float) -> str:
    """Points as every platform reads them: a point for the decimals, at most four of them, no thousands."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def why_blank(filed: Filed) -> str:
    """Why a record's points are not written yet."""
    record = filed.record
    if record.state != "needs_review":
        return f"{number(record.held)} of its points are held until a person has looked."
    waiting = [check.id for check in record.checks if is_open(check)]
    if not waiting:
        return "It needs a person's look."
    more = f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
    return f"It needs a person's look at {waiting[0]}{more}."
