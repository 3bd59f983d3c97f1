"""How much a fingerprint says: nothing where half of the class has it, all where nobody else does.

The index is inverted: for each fingerprint who has it. What two submissions share is added up over the
fingerprints of one of them, so that the work grows with what is shared and not with the number of pairs.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

SMALL_CLASS = 20
"""A smaller class is weighed as one of this size: among five, that three have something says little."""
LEAST_SHARE = 0.25
"""Of the fingerprints of one of two, before their code is laid side by side."""
LEAST_SHARED = 5.0
"""Fingerprints, by weight: some twenty tokens."""


@dataclass(frozen=True)
class Near:
    """Two submissions, by their number in the class, that may be alike; `share` orders them."""

    share: float
    left: int
    right: int


def weights(class_: Sequence[Collection[int]]) -> dict[int, float]:
    """The weight, from 0 to 1, of each fingerprint that somebody has, given everybody's.

    1 where one or two have it, 0 where half of the class or more do, evenly in between.
    """
    counts: dict[int, int] = {}
    for of in class_:
        for mark in set(of):
            counts[mark] = counts.get(mark, 0) + 1
    return {mark: weight(count, len(class_)) for mark, count in counts.items()}


def weight(having: int, size: int) -> float:
    """The weight of what `having` of a class of `size` have."""
    half = max(size, SMALL_CLASS) / 2
    return min(1.0, max(0.0, 1 - (having - 2) / (half - 2)))


def nearest(class_: Sequence[Collection[int]], weight_of: Mapping[int, float], most: int) -> list[Near]:
    """At most `most` pairs that share most of the fingerprints of one of them, by weight; nearest first."""
    numbers = {mark: at for at, mark in enumerate(mark for mark, one in weight_of.items() if one > 0)}
    value = np.array([weight_of[mark] for mark in numbers], dtype=np.float64)
    marks = [
        np.array(sorted(numbers[mark] for mark in set(of) if mark in numbers), dtype=np.int64)
        for of in class_
    ]
    own = np.array([value[of].sum() for of in marks])
    owners = np.repeat(np.arange(len(marks)), [len(of) for of in marks])
    flat = np.concatenate([*marks, np.array([], dtype=np.int64)])
    order = np.argsort(flat, kind="stable")
    having = owners[order]
    """Who has each fingerprint, one after the other, each list in ascending order."""
    ends = np.cumsum(np.bincount(flat, minlength=len(value)))
    found: list[tuple[float, int, int]] = []
    for left, of in enumerate(marks):
        lists = [having[(ends[mark - 1] if mark else 0) : ends[mark]] for mark in of]
        if not lists:
            continue
        others = np.concatenate(lists)
        shared = np.bincount(
            others, weights=np.repeat(value[of], [len(one) for one in lists]), minlength=len(marks)
        )
        shared[: left + 1] = 0
        share = shared / np.maximum(np.minimum(own, own[left]), 1e-9)
        for right in np.flatnonzero((share >= LEAST_SHARE) & (shared >= LEAST_SHARED)):
            one = (float(share[right]), -left, -int(right))
            if len(found) < most:
                heapq.heappush(found, one)
            else:
                heapq.heappushpop(found, one)
    return [Near(share, -left, -right) for share, left, right in sorted(found, reverse=True)]
