"""What the losses of right answers look like, to be shown behind a student's own. Nothing is judged by it.

A lesson may have a file `curves.json`, which `python -m tests.thresholds.curves` measures:

    {"test_it_learns": {"100": {"low": [...], "high": [...]}}}

By check and by how many losses a training gives: the lowest and the highest of the right answers, thinned
as the losses of a finding are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from grader.errors import LessonError
from grader.evidence import Curve, Evidence
from grader.judge.outcome import Outcome

FILE = "curves.json"


class Band(msgspec.Struct, frozen=True):
    """Lowest and highest loss at each shown step."""

    low: list[float]
    high: list[float]


_BANDS = msgspec.json.Decoder(dict[str, dict[str, Band]])


class Bands:
    """The bands of one lesson, by check and number of losses."""

    def __init__(self, by_check: dict[str, dict[str, Band]]) -> None:
        self._by_check = by_check

    @classmethod
    def read(cls, folder: Path) -> Bands:
        """Those of the lesson in `folder`; none where it has no file. Raises `LessonError` for a bad one."""
        path = folder / FILE
        if not path.is_file():
            return cls({})
        try:
            return cls(_BANDS.decode(path.read_bytes()))
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise LessonError(f"{path} cannot be read ({error}): measure it again, or delete it.") from error

    def behind(self, outcome: Outcome) -> Outcome:
        """The outcome, curves of losses with the band of the right ones."""
        known = self._by_check.get(outcome.id, {})
        if not known or not outcome.found:
            return outcome
        found = [replace(one, evidence=_banded(one.evidence, known)) for one in outcome.found]
        return replace(outcome, found=found)


def _banded(evidence: Sequence[Evidence], known: dict[str, Band]) -> list[Evidence]:
    return [_with(one, known.get(str(one.of))) if isinstance(one, Curve) else one for one in evidence]


def _with(curve: Curve, band: Band | None) -> Curve:
    fits = band is not None and len(band.low) == len(band.high) == len(curve.values)
    if band is None or not fits or curve.low:
        return curve
    return replace(curve, low=band.low, high=band.high)
