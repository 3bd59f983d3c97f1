"""A notebook's own code, ready to be compared: what the starter and the reference say is taken out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.similar.marks import K, grams, winnowed
from grader.similar.tokens import Token, lines_of, stream


@dataclass(frozen=True)
class Known:
    """What a lesson gives everybody: the starter's lines; and the grams of starter and reference.

    Who writes what the reference says has written what the lesson leads to.
    """

    lines: frozenset[str]
    grams: frozenset[int]

    @classmethod
    def of(cls, starter: Sequence[str], reference: Sequence[str] = ()) -> Known:
        """From the code cells of both."""
        lines = lines_of(starter)
        grams_ = {*grams(stream(starter).tokens), *grams(stream(reference).tokens)}
        return cls(lines, frozenset(grams_ | set(grams(stream(reference, lines).tokens))))


@dataclass(frozen=True)
class Code:
    """Own code as tokens, with the gram that begins at each; None where the lesson gave it."""

    cells: Sequence[str]
    tokens: Sequence[Token]
    grams: Sequence[int | None]
    cut: bool

    @classmethod
    def of(cls, cells: Sequence[str], known: Known) -> Code:
        found = stream(cells, known.lines)
        hashes = grams(found.tokens)
        return cls(cells, found.tokens, [None if one in known.grams else one for one in hashes], found.cut)

    @property
    def own(self) -> int:
        """How many tokens the lesson did not give."""
        given = {place for at, gram in enumerate(self.grams) if gram is None for place in range(at, at + K)}
        return len(self.tokens) - len(given)

    @property
    def marks(self) -> list[tuple[int, int]]:
        """(place, fingerprint) of those that winnowing keeps and the lesson did not give."""
        # Given grams are part of the windows: what is chosen must not depend on what is given.
        hashes = [-1 if one is None else one for one in self.grams]
        segments: list[tuple[int, list[int]]] = []
        for at, one in enumerate(hashes):
            if one < 0:
                continue
            if segments and segments[-1][0] + len(segments[-1][1]) == at:
                segments[-1][1].append(one)
            else:
                segments.append((at, [one]))
        return [(start + at, part[at]) for start, part in segments for at in winnowed(part)]

    def weights(self, weight_of: Mapping[int, float]) -> list[float]:
        """Of each token, how much it says: the mean of the fingerprints that it is part of.

        0 for what the lesson gave, and for what is part of none.
        """
        sums, counts = [0.0] * len(self.tokens), [0] * len(self.tokens)
        for at, mark in self.marks:
            value = weight_of.get(mark, 1.0)
            for place in range(at, at + K):
                sums[place] += value
                counts[place] += 1
        for at, gram in enumerate(self.grams):
            if gram is None:
                for place in range(at, at + K):
                    sums[place] = 0.0
        return [total / count if count else 0.0 for total, count in zip(sums, counts, strict=True)]
