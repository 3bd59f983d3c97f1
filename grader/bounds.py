"""What a number or a moment in a record has to keep within, so that whoever adds, compares or shows it can.

Whatever the grader writes lies within these; a file that people changed may not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import msgspec

Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Measure = Annotated[float, msgspec.Meta(ge=-1e100, le=1e100)]
"""Points or seconds: thousands of them can be added."""
Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
Length = Annotated[float, msgspec.Meta(ge=0, le=366 * 86400)]
"""Seconds of a rule: a year at most."""
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


def in_reach(moment: datetime) -> bool:
    """Whether `moment` (as of UTC where it has no offset) lies in the years that there are, in UTC too."""
    try:
        moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        return False
    return True


def countable(claimed: int) -> int:
    """The number of a cell or a line, which the guest may claim to be any."""
    return min(max(claimed, 0), 10**9)


def check_moments(submitted: str | None, *others: datetime | None) -> None:
    """Raises `ValidationError` where `submitted` is no moment, or where one cannot be told in UTC."""
    try:
        said = datetime.fromisoformat(submitted) if submitted else None
    except ValueError:
        raise msgspec.ValidationError("submitted is no moment, such as 2026-12-01T23:59:00+09:00") from None
    if not all(in_reach(moment) for moment in (said, *others) if moment is not None):
        raise msgspec.ValidationError("a moment lies outside the years that there are")


def check_facts(code: str, facts: Mapping[str, object]) -> None:
    """Raises `ValidationError` where a whole number has more than 64 bits."""
    for value in facts.values():
        if isinstance(value, int) and not -(2**63) <= value < 2**64:
            raise msgspec.ValidationError(f"a fact of {code} is a number of more than 64 bits")


def check_mark(marked: int, lines: int) -> None:
    """Raises `ValidationError` where no line has this index; -1 is none of them."""
    if not -1 <= marked < max(lines, 1):
        raise msgspec.ValidationError(f"line {marked} of {lines} is marked, which is not there")
