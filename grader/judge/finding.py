"""What a check says of a submission: a finding, as data. Words are found for it later, by code."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from grader.evidence import Evidence
from grader.record import Fact, Where

_MAX_FACT = 400


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
        self.evidence = list(evidence)
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
    return value[:_MAX_FACT] if isinstance(value, str) else value
