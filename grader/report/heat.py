"""An influence map: a table with the number in every cell, the colour only beside it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from grader.evidence import HeatMap
from grader.report.figure import coloured, figure, heads, wrong
from grader.report.prose import Prose
from grader.report.sentences import short_number
from grader.report.view import broken_cells

MOST_ROOMY = 10
"""Columns that still have room for large numbers."""


def heat_map(heat: HeatMap, prose: Prose) -> Markup:
    """The influence of every input on every output, with the cells that break the promise marked."""
    ui, label = prose.ui, prose.label
    top = max((abs(value) for row in heat.values for value in row), default=0.0) or 1.0
    broken, edges = broken_cells(heat), _edges(heat.columns)
    rows = []
    for at, (name, values) in enumerate(zip(heat.rows, heat.values, strict=False)):
        cells = []
        for column, value in enumerate(values):
            bad = (at, column) in broken
            kinds = {"own": _promised(heat, at, column), "bad": bad, "edge": column in edges}
            cells.append(coloured(value / top, kinds, wrong(prose) if bad else "", short_number(value)))
        starts = Markup(' class="edge"') if at in _edges(heat.rows) else Markup("")
        rows.append(
            Markup('<tr{}><th scope="row">{}</th>{}</tr>').format(starts, label(name), Markup("").join(cells))
        )
    axes = {
        "row": lambda lang: prose.label_in(heat.row_axis, lang),
        "column": lambda lang: prose.label_in(heat.column_axis, lang),
    }
    caption = [prose.woven("evidence.heatmap", axes)]
    caption += [ui("evidence.promised")] if heat.promised else []
    caption += [ui("evidence.heatmap_bad")] if broken else []
    # What the labels of an axis hold beside a number, where they hold more than that.
    more = f"evidence.{heat.row_axis[1:]}"
    caption += [ui(more)] if more in prose.words.interface["en"] else []
    axes_named = Markup(
        '<td></td><th scope="colgroup" colspan="{}" class="axis">{}&nbsp;→</th></tr><tr>'
        '<th scope="col" class="axis">{}&nbsp;↓</th>'
    ).format(len(heat.columns), label(heat.column_axis), label(heat.row_axis))
    return figure(
        prose,
        "heat dense" if len(heat.columns) > MOST_ROOMY else "heat",
        axes_named + heads([label(name) for name in heat.columns]),
        rows,
        caption,
        len(heat.columns),
    )


def _edges(labels: Sequence[str]) -> set[int]:
    """Where the first part of `row · step` labels changes: the eye wants a gap there."""
    parts = [label.partition("·") for label in labels]
    return {at for at in range(1, len(parts)) if all(parts[at][1:]) and parts[at][0] != parts[at - 1][0]}


def _promised(heat: HeatMap, row: int, column: int) -> bool:
    promised = heat.promised or []
    return row < len(promised) and column < len(promised[row]) and promised[row][column]
