"""Which tokens of two streams are alike: the longest runs first, each token of either in one run at most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.similar.marks import K

MOST_REPEATS = 16
"""Places of one gram that are looked at with each other, as code that repeats itself has a great many."""
NEAR = 12
"""Tokens between two runs, on both sides, that still make one passage: a line put in, or left out."""


@dataclass(frozen=True, order=True)
class Run:
    """Tokens in a row that are alike: `length` from `left` in one stream, and from `right` in the other."""

    left: int
    right: int
    length: int


def runs(left: Sequence[int | None], right: Sequence[int | None]) -> list[Run]:
    """The runs that two streams share, by their place in the left one.

    `left` and `right` are the hashes of the grams by their places; None where a gram does not count.
    """
    free_left, free_right = [True] * (len(left) + K), [True] * (len(right) + K)
    found: list[Run] = []
    for run in sorted(_diagonals(left, right), key=lambda one: (-one.length, one.left, one.right)):
        start: int | None = None
        # What a longer run has taken is cut out of a shorter one.
        for step in range(run.length + 1):
            free = step < run.length and free_left[run.left + step] and free_right[run.right + step]
            if free and start is None:
                start = step
            elif not free and start is not None:
                if step - start >= K:
                    found.append(Run(run.left + start, run.right + start, step - start))
                    for taken in range(start, step):
                        free_left[run.left + taken] = free_right[run.right + taken] = False
                start = None
    return sorted(found)


def _diagonals(left: Sequence[int | None], right: Sequence[int | None]) -> list[Run]:
    """Every longest run of equal grams, along each distance between the two places."""
    places: dict[int, list[int]] = defaultdict(list)
    for at, gram in enumerate(right):
        if gram is not None:
            places[gram].append(at)
    met: dict[int, int] = defaultdict(int)
    lefts: dict[int, list[int]] = defaultdict(list)
    for at, gram in enumerate(left):
        if gram is None or gram not in places:
            continue
        time, others = met[gram], places[gram]
        met[gram] += 1
        # The first few with each other; of more, each with the one of the same number.
        for other in others[:MOST_REPEATS] if time < MOST_REPEATS else others[time : time + 1]:
            lefts[other - at].append(at)
    found = []
    for distance, starts in lefts.items():
        first = last = starts[0]
        for at in [*starts[1:], len(left) + K]:
            if at == last + 1:
                last = at
                continue
            found.append(Run(first, first + distance, last - first + K))
            first = last = at
    return found


def passages(found: Sequence[Run]) -> list[list[Run]]:
    """Runs that follow one another closely in both streams, together."""
    together: list[list[Run]] = []
    for run in found:
        last = together[-1][-1] if together else None
        if last is not None:
            gaps = run.left - last.left - last.length, run.right - last.right - last.length
            if all(0 <= gap <= NEAR for gap in gaps):
                together[-1].append(run)
                continue
        together.append([run])
    return together
