"""The outcome of one check as it leaves the judge: plain data, without words."""

from __future__ import annotations

from typing import Literal

import msgspec

from grader.evidence import Evidence
from grader.judge.finding import Finding
from grader.observed import Sight
from grader.record import Fact, Where

State = Literal["passed", "failed", "blocked", "undecided", "manual", "crashed"]


class Found(msgspec.Struct, frozen=True):
    """A finding: a code, facts for its words, and what the probe saw."""

    code: str
    facts: dict[str, Fact] = {}
    evidence: list[Evidence] = []
    where: Where | None = None


def found_of(finding: Finding) -> Found:
    return Found(finding.code, finding.facts, finding.evidence, finding.where)


class Outcome(msgspec.Struct, frozen=True):
    """`crashed` says that our own code broke; whether that is `broken` or `undecided` is decided later.
    `manual` says that the check ran through and a person gives its points.

    `found` of a passed check are remarks. `trouble` is for the operator: a traceback of ours.
    """

    id: str
    visibility: Literal["public", "hidden"]
    state: State
    max_points: float
    found: list[Found]
    seconds: float
    waits_for: str | None = None
    trouble: str | None = None
    again: bool = False
    """Whether a failure that chance can cause was drawn once more: the second answer stands here."""
    cpu_seconds: float | None = None
    """CPU of the guest's side in this check's requests; None where it cannot be measured."""
    weak: bool = False
    """Whether its code ran on the student's side, which alone says what came of it."""
    otherwise: Found | None = None
    """What a crash is called where the reference does not crash there: the test stopped at what it got."""

    @property
    def root(self) -> str:
        """The check that this one waits for, else itself."""
        return self.waits_for or self.id

    def loses(self) -> bool:
        """Whether points are lost here, or held because our own code broke."""
        return self.state in ("failed", "undecided", "crashed") and self.max_points > 0


class Listed(msgspec.Struct, frozen=True):
    """A check as it was collected."""

    id: str
    visibility: Literal["public", "hidden"]
    points: float
    needs: list[str]
    weak: bool = False


class Verdict(msgspec.Struct, frozen=True):
    """All outcomes of one submission, in the order of the checks; `trouble` where the judge itself failed."""

    outcomes: list[Outcome]
    trouble: str | None = None
    blame: Literal["author", "us"] | None = None
    listed: list[Listed] = []
    """Where checks were only collected: all of them, in order."""
    sights: list[Sight] = []
    """What was seen of the guest that deserves a look; no outcome depends on it."""
