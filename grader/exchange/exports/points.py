"""What is written for a record: its points on the scale of the platform."""

from __future__ import annotations

from collections.abc import Sequence

from grader.exchange.exports import Filed
from grader.exchange.exports.telling import number


def full(filed: Sequence[Filed]) -> float:
    """What a lesson is worth: the most that any of its records could have."""
    return max(one.record.max_score for one in filed)


def scaled(filed: Filed, most: float) -> str | None:
    """The points on a scale that ends at `most`; None where none could be had.

    A check that broke has left the maximum of its record, so that what could be reached counts as all.
    """
    record = filed.record
    return number(record.score * most / record.max_score) if record.max_score > 0 else None


def read_number(text: str) -> float | None:
    """A number as platforms write it, with a point or a comma for the decimals; None where it is none."""
    try:
        value = float(text.strip().replace("\u00a0", "").replace(",", "."))
    except ValueError:
        return None
    return value if 0 < value < 1e9 else None


def scale_remark(where: str, lesson: str, most: float, filed: Sequence[Filed]) -> str:
    """One sentence that says on which scale the points stand."""
    own = full(filed)
    if most == own:
        said = f"{where}: {lesson} is written in points out of {number(own)}."
    else:
        said = (
            f"{where}: {lesson} is worth {number(own)} points here and {number(most)} there, so every "
            f"score is multiplied by {number(most / own)}."
            if own
            else f"{where}: nobody could have points in {lesson}."
        )
    reduced = sum(one.record.max_score != own for one in filed)
    if reduced:
        said += f" {reduced} with a check that broke: what could be reached counts as all."
    return said
