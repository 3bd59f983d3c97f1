"""What a check says of a submission: a finding, as data. Words are found for it later, by code."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from grader.evidence import Evidence, Pair, Table
from grader.record import Fact, Where

_MAX_FACT = 400
_LARGEST = 1e30


class Finding(AssertionError):
    """The student's answer does not keep a promise.

    `code` is one of the names of mistakes; `facts` fill its sentences; `evidence` is what the probe saw;
    `about` is the name in the notebook whose lines are worth showing. `by_chance` says that other inputs or
    weights could have come out otherwise: the check is then run once more with others, and that run counts.
    """

    def __init__(
        self,
        code: str,
        *,
        facts: Mapping[str, Fact] | None = None,
        evidence: Sequence[Evidence] = (),
        about: str | None = None,
        where: Where | None = None,
        by_chance: bool = False,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.facts = {key: plain(value) for key, value in (facts or {}).items()}
        self.evidence = [drawable(one) for one in evidence]
        self.about = about
        self.where = where
        self.by_chance = by_chance


class Undecided(Exception):
    """We cannot tell, for a reason of our own side known before the verdict. Points are held for a person."""

    def __init__(self, code: str = "note.undecided", *, facts: Mapping[str, Fact] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.facts = {key: plain(value) for key, value in (facts or {}).items()}


def plain(value: Fact) -> Fact:
    """A fact that JSON can hold: finite numbers as they are, others as words, text cut to 400 characters."""
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return "inf" if value > 0 else "-inf"
    return value[:_MAX_FACT] if isinstance(value, str) else value


def drawable(evidence: Evidence) -> Evidence:
    """The same picture with numbers that JSON can hold and a drawing can show: NaN is a word or 0.

    A forger may send any number where no probe expected one; the verdict must reach the record all the same.
    """
    words = isinstance(evidence, Table | Pair)  # where a word may stand for a number
    shown: Evidence = msgspec.convert(_shown(msgspec.to_builtins(evidence), words), Evidence)
    return shown


def _shown(value: Any, words: bool) -> Any:
    match value:
        case bool():
            return value
        case float() if words:
            return plain(value)
        case float():
            return 0.0 if math.isnan(value) else min(max(value, -_LARGEST), _LARGEST)
        case int():
            return min(max(value, -(2**63)), 2**63 - 1)
        case list():
            return [_shown(item, words) for item in value]
        case dict():
            return {key: _shown(item, words) for key, item in value.items()}
    return value
