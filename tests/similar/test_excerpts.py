"""Passages as lines: what is alike and nothing else is marked, in its place."""

from __future__ import annotations

from grader.report.passages import Excerpt
from grader.similar.code import Code, Known
from grader.similar.excerpts import excerpts
from grader.similar.measure import alike

STARTER = "def f(x, y):\n    # write here\n\ndef g(a):\n    # write here"
ONE = """def f(x, y):
    total = torch.cat([x, y], dim=1).sum()  # mine
    return total / len(x)

def g(a):
    return [one - 1 for one in a if one > 0 and one < 9]"""
OTHER = (
    ONE.replace("total", "s")
    .replace("# mine", "# yours")
    .replace("one", "k")
    .replace("    return s", "\n    return s")
)


def both() -> tuple[Code, Code]:
    known = Known.of([STARTER])
    return Code.of(["print(1)", ONE], known), Code.of([OTHER], known)


def marked(side: Excerpt) -> list[tuple[int, str]]:
    return [(line.number, "".join(text for text, is_alike in line.parts if is_alike)) for line in side.lines]


def test_lines_are_whole_and_what_is_alike_is_marked() -> None:
    left, right = both()
    (passage,) = excerpts(left, right, alike(left, right, {}))
    (ours,), (theirs,) = passage.left, passage.right
    assert (ours.cell, theirs.cell) == (2, 1)
    for side, source in ((ours, ONE), (theirs, OTHER)):
        lines = source.split("\n")
        assert ["".join(text for text, _ in line.parts) for line in side.lines] == lines[
            side.lines[0].number - 1 :
        ]
    assert marked(ours) == [
        (2, "total = torch.cat([x, y], dim=1).sum()"),
        (3, "return total / len(x)"),
        (4, ""),
        (5, ""),
        (6, "return [one - 1 for one in a if one > 0 and one < 9]"),
    ]
    assert passage.names == [("total", "s"), ("one", "k")]


def test_a_passage_over_cells_has_an_excerpt_for_each() -> None:
    known = Known.of([STARTER])
    left, right = Code.of(ONE.split("\n\n"), known), Code.of([OTHER], known)
    (passage,) = excerpts(left, right, alike(left, right, {}))
    assert [side.cell for side in passage.left] == [1, 2]
    assert [line.number for side in passage.left for line in side.lines] == [2, 3, 2]
