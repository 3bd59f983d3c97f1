"""Evidence as a small table of text, for a terminal: labels left, numbers flush right, ✗ where it is bad.

What does not fit is left out around the first bad cell, and dots say where. What a terminal cannot draw well
(curves, images, large confusions) is left to the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from grader.evidence import Bars, Evidence, HeatMap, Pair, Shapes, Steps, Table
from grader.report.sentences import one_line, said_number, short_number
from grader.report.view import broken_cells
from grader.report.words import Lang, Words

INDENT, GAP = "  ", "  "
WIDEST, MOST_ROWS, MOST_COLUMNS = 20, 8, 9
DOTS = "…"


@dataclass(frozen=True)
class Grid:
    """Cells by row, the first column holding labels. `bad` has (row, column); `numeric` columns end flush."""

    rows: Sequence[Sequence[str]]
    bad: frozenset[tuple[int, int]] = frozenset()
    numeric: frozenset[int] = frozenset()
    headed: bool = False
    """Whether the first row names the columns."""
    caption: str = ""


def table(evidence: Evidence, words: Words, lang: Lang, width: int) -> Text:
    """The evidence within `width` cells, a line per row; empty where a terminal cannot show it."""
    grid = _grid(evidence, words, lang)
    if grid is None or not grid.rows:
        return Text()
    drawn = Text(f"{INDENT}{fitted(grid.caption, width - len(INDENT))}\n" if grid.caption else "", "dim")
    first = min(grid.bad, default=(0, 0))
    rows = _around(first[0], len(grid.rows), MOST_ROWS, 1 if grid.headed else 0)
    marked = [
        [("✗ " if (at, column) in grid.bad else "") + one_line(cell, 60) for column, cell in enumerate(row)]
        for at, row in enumerate(grid.rows)
    ]
    count = max(len(marked[row]) for row in rows)
    widths = [
        min(max((cell_len(marked[row][at]) for row in rows if at < len(marked[row])), default=0), WIDEST)
        for at in range(count)
    ]
    start, columns = _fitting(widths, width - len(INDENT), first[1])
    for row, after in zip(rows, [*rows[1:], len(marked)], strict=True):
        drawn.append(_line(grid, marked, row, widths, start, columns))
        if after > row + 1:
            drawn.append(f"{INDENT}{DOTS}\n", "dim")
    return drawn


def fitted(text: str, room: int) -> str:
    """`text` cut to `room` cells, with an ellipsis where something was cut."""
    return text if cell_len(text) <= room else set_cell_size(text, max(room - 1, 0)).rstrip() + DOTS


def _grid(evidence: Evidence, words: Words, lang: Lang) -> Grid | None:
    def labels(names: Iterable[str]) -> list[str]:
        return [words.label(name, lang) for name in names]

    match evidence:
        case Steps():
            heads = labels(evidence.labels)
            rows = [[head, *tokens] for head, tokens in zip(heads, evidence.tokens, strict=False)]
            return Grid(rows, frozenset((one[0], one[1] + 1) for one in evidence.bad if len(one) > 1))
        case Table():
            rows = [labels(evidence.columns), *map(_said, evidence.rows)]
            numeric = frozenset(
                at
                for at in range(len(evidence.columns))
                if all(isinstance(row[at], int | float) for row in evidence.rows if at < len(row))
            )
            return Grid(rows, frozenset((row + 1, 0) for row in evidence.bad), numeric - {0}, True)
        case Shapes():
            heads = labels(["@column.expected", "@column.got"])
            rows = [["", *labels(evidence.axes)]]
            rows += [[heads[0], *_said(evidence.expected)], [heads[1], *_said(evidence.got)]]
            rows[0] += [""] * (max(map(len, rows)) - len(rows[0]))
            return Grid(rows, frozenset((2, axis + 1) for axis in evidence.differing), _all(rows), True)
        case Pair():
            heads = labels(["@column.expected", "@column.got"])
            rows = [[heads[0], *_said(evidence.expected)], [heads[1], *_said(evidence.got)]]
            return Grid(rows, frozenset({(1, evidence.worst + 1)}), _all(rows))
        case Bars():
            bars = zip(labels(evidence.labels), _said(evidence.values), strict=False)
            rows = [[label, value] for label, value in bars]
            return Grid(rows, frozenset((at, 0) for at in evidence.flagged), _all(rows))
        case HeatMap():
            axes = [one_line(name, 40) for name in labels([evidence.row_axis, evidence.column_axis])]
            rows = [["", *labels(evidence.columns)]]
            for name, values in zip(labels(evidence.rows), evidence.values, strict=False):
                rows.append([name, *map(short_number, values)])
            bad = frozenset((row + 1, column + 1) for row, column in broken_cells(evidence))
            return Grid(rows, bad, _all(rows), True, f"{axes[0]} ↓   {axes[1]} →")
        case _:
            return None


def _said(values: Iterable[object]) -> list[str]:
    return [said_number(value) if isinstance(value, int | float) else str(value) for value in values]


def _all(rows: Sequence[Sequence[str]]) -> frozenset[int]:
    return frozenset(range(1, max(map(len, rows), default=1)))


def _around(wanted: int, count: int, most: int, head: int) -> list[int]:
    """At most `most` of `count` rows: the head, and then those around the one that is wanted."""
    if count <= most:
        return list(range(count))
    room = most - head
    start = min(max(head, wanted - room // 2), count - room)
    return [*range(head), *range(start, start + room)]


def _fitting(widths: Sequence[int], room: int, wanted: int) -> tuple[int, list[int]]:
    """The columns after the first that fit beside it: the earliest that show the one wanted, and two more."""
    last = min(wanted + 2, len(widths) - 1) if wanted else 0
    dots = len(GAP) + len(DOTS)
    for start in range(1, max(len(widths), 2)):
        used = widths[0] + (dots if start > 1 else 0)
        shown: list[int] = []
        for at in range(start, len(widths)):
            used += len(GAP) + widths[at]
            rest = dots if at + 1 < len(widths) else 0
            if shown and (used + rest > room or len(shown) == MOST_COLUMNS):
                break
            shown.append(at)
        if not shown or last <= shown[-1] or start == wanted:
            return start, shown
    return start, shown


def _line(
    grid: Grid,
    marked: Sequence[Sequence[str]],
    row: int,
    widths: Sequence[int],
    start: int,
    columns: list[int],
) -> Text:
    line = Text(INDENT)
    for column in [0, *columns]:
        if column == start and start > 1:
            line.append(GAP + DOTS, "dim")
        cell = fitted(marked[row][column], widths[column]) if column < len(marked[row]) else ""
        blank = " " * (widths[column] - cell_len(cell))
        line.append(GAP if column else "")
        style = "red" if (row, column) in grid.bad else ""
        line.append(blank if column in grid.numeric else "").append(cell, style)
        line.append("" if column in grid.numeric else blank)
    if columns and columns[-1] + 1 < len(widths):
        line.append(GAP + DOTS, "dim")
    line.rstrip()
    return line.append("\n")
