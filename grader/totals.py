"""What a record's checks, its overrides and its lateness add up to."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from grader.late import penalty
from grader.record import Check, Record

OPEN = ("undecided", "broken", "manual")
"""States of a check that nobody has decided; a person's override decides it."""


def totalled(record: Record) -> Record:
    """The record with raw_score, max_score, held, late_penalty, score and state as its parts say.

    A broken check counts again once a person has given it points.
    """
    checks = record.checks
    raw = _sum(check.points for check in checks)
    highest = _sum(c.max_points for c in checks if c.state != "broken" or c.override is not None)
    off = penalty(record, raw, highest)
    return replace(
        record,
        raw_score=raw,
        max_score=highest,
        held=_sum(c.max_points for c in checks if is_open(c) and c.state != "broken"),
        late_penalty=off,
        score=round(max(raw - off, 0.0), 6),
        state="needs_review" if any(map(is_open, checks)) else "graded",
    )


def is_open(check: Check) -> bool:
    """Whether a person has still to look at this check."""
    return check.state in OPEN and check.override is None


def _sum(points: Iterable[float]) -> float:
    return round(sum(points, 0.0), 6)
