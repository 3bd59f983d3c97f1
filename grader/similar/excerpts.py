"""Passages as the lines that they stand in, with what is alike told apart from the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from grader.report.passages import Excerpt, Line, Passage
from grader.similar.code import Code
from grader.similar.measure import Alike
from grader.similar.passages import Run
from grader.similar.tokens import OWN, Token

MOST_NAMES = 12


def excerpts(left: Code, right: Code, found: Alike) -> list[Passage]:
    """The passages that two notebooks share, in the order of the left one."""
    return [_passage(left, right, group) for group in found.passages]


def _passage(left: Code, right: Code, group: Sequence[Run]) -> Passage:
    ours = [left.tokens[run.left : run.left + run.length] for run in group]
    theirs = [right.tokens[run.right : run.right + run.length] for run in group]
    names = dict.fromkeys(
        (one.text, other.text)
        for a, b in zip(ours, theirs, strict=True)
        for one, other in zip(a, b, strict=True)
        if one.form == OWN and one.text != other.text
    )
    return Passage(list(_excerpts(left, ours)), list(_excerpts(right, theirs)), list(names)[:MOST_NAMES])


def _excerpts(code: Code, runs: Sequence[Sequence[Token]]) -> Iterator[Excerpt]:
    spans = [(token.cell, token.start, token.end) for run in runs for token in run]
    touching = {
        (a.cell, a.end): b.start
        for run in runs
        for a, b in pairwise(run)
        if a.cell == b.cell and not code.cells[a.cell - 1][a.end : b.start].strip()
    }
    for cell, in_cell in groupby(spans, key=lambda span: span[0]):
        # Blanks between two tokens in a row belong to what is alike; comments and given lines do not.
        ranges = [(start, touching.get((cell, end), end)) for _, start, end in in_cell]
        yield Excerpt(cell, list(_lines(code.cells[cell - 1], ranges)))


def _lines(source: str, ranges: Sequence[tuple[int, int]]) -> Iterator[Line]:
    """The lines of `source` from the first range to the end of the last."""
    first, last = ranges[0][0], ranges[-1][1]
    start = source.rfind("\n", 0, first) + 1
    number = source.count("\n", 0, start) + 1
    at = 0
    for _ in range(source.count("\n", start, last) + 1):
        end = source.find("\n", start)
        end = len(source) if end < 0 else end
        parts: list[tuple[str, bool]] = []
        seen = start
        while at < len(ranges) and ranges[at][0] < end:
            begin, stop = max(ranges[at][0], seen), min(ranges[at][1], end)
            parts += [(source[seen:begin], False), (source[begin:stop], True)]
            seen = max(stop, seen)
            if ranges[at][1] > end:
                break
            at += 1
        parts.append((source[seen:end], False))
        yield Line(number, _joined(parts))
        start, number = end + 1, number + 1


def _joined(parts: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """Neighbours of one kind together; blanks at the edges of what is alike do not belong to it."""
    joined: list[tuple[str, bool]] = []
    for marked, run in groupby((part for part in parts if part[0]), key=lambda part: part[1]):
        text = "".join(part[0] for part in run)
        if not marked:
            joined.append((text, False))
            continue
        bare = text.strip()
        lead, rest = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        joined += [(lead, False), (bare, True), (rest if bare else "", False)]
    return [part for part in joined if part[0]]
