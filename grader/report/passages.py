"""Passages of two notebooks side by side, as a part of a page. Both languages; nothing of it needs colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.report.frame import part
from grader.report.prose import Prose
from grader.report.sentences import clean, one_line

MOST_PASSAGES = 12
MOST_LINES = 80
"""Of one passage, on each side."""
LONGEST_LINE = 200
_LONGEST_NAME = 40


@dataclass(frozen=True)
class Line:
    """One line of code, cut where it begins or ends to be alike: (text, whether it is)."""

    number: int
    parts: Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Excerpt:
    """Lines of one cell; `cell` counts code cells from 1."""

    cell: int
    lines: Sequence[Line]


@dataclass(frozen=True)
class Passage:
    """What is alike in two notebooks, and the names that differ in it, as (left, right)."""

    left: Sequence[Excerpt]
    right: Sequence[Excerpt]
    names: Sequence[tuple[str, str]]


def passages_html(passages: Sequence[Passage], called: tuple[str, str], prose: Prose) -> Markup:
    """The passages one below the other, each with both sides; what is cut is said.

    `called`: the names of the two students, left and right.
    """
    names = [one_line(name, _LONGEST_NAME * 2 + 3) for name in called]
    shown = [
        {
            "sides": [
                {"name": name, "excerpts": _cut(side)}
                for name, side in zip(names, (one.left, one.right), strict=True)
            ],
            "names": [(one_line(a, _LONGEST_NAME), one_line(b, _LONGEST_NAME)) for a, b in one.names],
        }
        for one in passages[:MOST_PASSAGES]
    ]
    context = {"passages": shown, "more": len(passages) - len(shown)}
    return Markup(part("passages.html", prose, context, Markup("")))


def _cut(side: Sequence[Excerpt]) -> list[tuple[int, list[tuple[int, list[tuple[str, bool]]]], bool]]:
    """(cell, lines, whether lines were left out) for each excerpt."""
    left, shown = MOST_LINES, []
    for one in side:
        lines = [(line.number, _short(line.parts)) for line in one.lines[:left]]
        if lines:
            shown.append((one.cell, lines, len(lines) < len(one.lines)))
        left -= len(lines)
    return shown


def _short(parts: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
    room, kept = LONGEST_LINE, []
    for text, marked in parts:
        text = clean(text).expandtabs(4)
        kept.append((text if len(text) <= room else text[:room] + "…", marked))
        room -= len(text)
        if room <= 0:
            break
    return kept
