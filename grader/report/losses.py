"""The losses of the notebook's own training, as far as it kept or printed them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

from grader.evidence import Curve
from grader.record import Record

_PRINTED = re.compile(
    r"(?:(?<![a-z])(?:loss|cost)|손실)\w*\W{0,3}?(?:\s*[:=]\s*|\s+)(?:tensor\()?([-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?)",
    re.IGNORECASE,
)
_FEWEST = 4
_LONGEST_TEXT = 200_000


@dataclass(frozen=True)
class Told:
    """A curve, and where it comes from: the list's `name`, or the `cell` that printed it."""

    curve: Curve
    name: str = ""
    cell: int = 0


def told(record: Record) -> Told | None:
    """The list that the notebook kept; else what its chattiest cell printed, a number a line."""
    kept = record.run.losses
    if kept is not None and len(kept.values) > 1:
        return Told(Curve(kept.values, of=kept.of), name=kept.name)
    best = Told(Curve([]))
    for cell in record.run.cells:
        text = "".join(one.data.get("text/plain", "") for one in cell.outputs if one.name == "stdout")
        values = _printed(text[:_LONGEST_TEXT])
        if cell.number is not None and len(values) > len(best.curve.values):
            best = Told(Curve(values), cell=cell.number)
    return best if len(best.curve.values) >= _FEWEST else None


def _printed(text: str) -> list[float]:
    """The first number after the word in each line that has it."""
    found = [_PRINTED.search(line[:500]) for line in text.splitlines()]
    return [value for one in found if one is not None and isfinite(value := float(one[1]))]
