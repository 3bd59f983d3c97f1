"""Records for these tests, as short as a record can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from msgspec.structs import replace

from grader.record import Check, CheckState, Deadline, Environment, Finding, Record, Run
from grader.totals import totalled

SEOUL = timezone(timedelta(hours=9))
DUE = datetime(2026, 12, 1, 23, 59, tzinfo=SEOUL)
LATE = Deadline(DUE, grace=900, per_day=10, most=50, closed_after=7 * 86400)


def check(name: str, state: CheckState, points: float = 2.0) -> Check:
    found = [Finding("check.assertion", "no", {"text": "no"})] if state == "failed" else []
    given = points if state == "passed" else 0.0
    return Check(name, name, "public", state, None, given, points, found, 0.1)


def record(*checks: Check, student: str = "kim", **changes: object) -> Record:
    plain = Record(
        lesson="tiny",
        student=student,
        student_id=student,
        notebook="a.ipynb",
        digest="a" * 64,
        score=0.0,
        max_score=0.0,
        state="graded",
        raw_score=0.0,
        run=Run("finished", None, None, 0.1),
        checks=list(checks) or [check("test_a", "passed"), check("test_b", "failed", 3)],
        notes=[],
        environment=Environment("0.1.0", "3.11", "2.13", "none", 0, "s", [], "lesson-1"),
    )
    return totalled(replace(plain, **changes))


def after(**length: float) -> str:
    """The moment so long after the due date, as a record has it; in another zone than that."""
    return (DUE + timedelta(**length)).astimezone(UTC).isoformat()
