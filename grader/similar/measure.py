"""How much of the own code of two submissions is alike, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.similar.code import Code
from grader.similar.passages import Run, passages, runs

FLOOR = 0.5
"""Of one's own code, by weight, below which a pair is not listed. docs/similar.md says why."""
LEAST = 60.0
"""Tokens, by weight, that have to be alike: some six lines. Less can be nothing but the exercise."""


@dataclass(frozen=True)
class Alike:
    """What two submissions share. Shares are parts, from 0 to 1, of each one's own code, by weight."""

    left_share: float
    right_share: float
    tokens: float
    """How many are alike, by weight, in that of the two that has fewer."""
    passages: Sequence[Sequence[Run]]

    @property
    def share(self) -> float:
        """The larger of the two: what is alike, of the own code of that one which has less of it."""
        return max(self.left_share, self.right_share)

    @property
    def listed(self) -> bool:
        return self.share >= FLOOR and self.tokens >= LEAST


def alike(left: Code, right: Code, weight_of: Mapping[int, float]) -> Alike:
    """What two notebooks share beyond what the class does; `weight_of` is each fingerprint's weight."""
    found = runs(left.grams, right.grams)
    weights = left.weights(weight_of), right.weights(weight_of)
    shared = [
        sum(weights[0][at] for run in found for at in range(run.left, run.left + run.length)),
        sum(weights[1][at] for run in found for at in range(run.right, run.right + run.length)),
    ]
    shares = [
        part / total if (total := sum(all_)) else 0.0 for part, all_ in zip(shared, weights, strict=True)
    ]
    telling = [
        group
        for group in passages(found)
        if any(weights[0][at] > 0 for run in group for at in range(run.left, run.left + run.length))
    ]
    return Alike(shares[0], shares[1], min(shared), telling)
