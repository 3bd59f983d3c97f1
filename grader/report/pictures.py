"""Evidence as pictures. Pictures are tables with the number in every cell, so that colour is never alone.

Every text that a student could have chosen is escaped; every number is ours or formatted by us.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from grader.evidence import Bars, Curve, Evidence, HeatMap, Names, Number, Pair, Shapes, Steps, Table
from grader.report.curve import curve_svg
from grader.report.prose import Prose
from grader.report.sentences import one_line, said_number, short_number
from grader.report.view import broken_cells

MOST_ROOMY = 10
"""Columns of an influence map that still have room for large numbers."""


@dataclass(frozen=True)
class Pictures:
    """Draws evidence in the languages of one page."""

    prose: Prose

    def draw(self, evidence: Evidence) -> Markup:
        """A figure for one piece of evidence."""
        match evidence:
            case HeatMap():
                return self._heat_map(evidence)
            case Table():
                return self._table(evidence)
            case Steps():
                return self._steps(evidence)
            case Pair():
                return self._pair(evidence)
            case Shapes():
                return self._shapes(evidence)
            case Bars():
                return self._bars(evidence)
            case Curve():
                return curve_svg(evidence, self.prose)
            case Names():
                return self._names(evidence)

    def _figure(
        self, kind: str, head: Markup, rows: Sequence[Markup], caption: Sequence[Markup], columns: int = 0
    ) -> Markup:
        """A table in a frame that scrolls by itself where it is too wide."""
        return Markup(
            '<figure><div class="scroll" tabindex="0"><table class="{}"{}><caption class="sr">{}</caption>'
            "{}<tbody>{}</tbody></table></div><figcaption>{}</figcaption></figure>"
        ).format(
            kind,
            Markup(' style="--n:{}"').format(columns) if columns else "",
            self.prose.ui(f"evidence.kind.{kind.split()[0]}"),
            Markup("<thead><tr>{}</tr></thead>").format(head) if head else Markup(""),
            Markup("").join(rows),
            Markup(" ").join(caption),
        )

    def _wrong(self, key: str = "evidence.wrong") -> Markup:
        """The mark of what breaks the promise, said aloud to those who cannot see it."""
        return Markup('<b class="x" aria-hidden="true">✗</b><span class="sr">{}: </span>').format(
            self.prose.ui(key)
        )

    def _heads(self, names: Sequence[object]) -> Markup:
        return Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in names)

    def _heat_map(self, heat: HeatMap) -> Markup:
        ui, label = self.prose.ui, self.prose.label
        top = max((abs(value) for row in heat.values for value in row), default=0.0) or 1.0
        broken, edges = broken_cells(heat), _edges(heat.columns)
        rows = []
        for at, (name, values) in enumerate(zip(heat.rows, heat.values, strict=False)):
            cells = []
            for column, value in enumerate(values):
                bad = (at, column) in broken
                kinds = {
                    "own": _promised(heat, at, column),
                    "bad": bad,
                    "nil": value == 0 and not bad,
                    "edge": column in edges,
                }
                cells.append(
                    Markup('<td class="{}" style="--v:{}">{}{}</td>').format(
                        " ".join(["cell", *(kind for kind, holds in kinds.items() if holds)]),
                        f"{abs(value) / top:.2f}",
                        self._wrong() if bad else "",
                        short_number(value),
                    )
                )
            starts = Markup(' class="edge"') if at in _edges(heat.rows) else Markup("")
            rows.append(
                Markup('<tr{}><th scope="row">{}</th>{}</tr>').format(
                    starts, label(name), Markup("").join(cells)
                )
            )
        axes = {
            "row": lambda lang: self.prose.label_in(heat.row_axis, lang),
            "column": lambda lang: self.prose.label_in(heat.column_axis, lang),
        }
        caption = [self.prose.woven("evidence.heatmap", axes)]
        caption += [ui("evidence.promised")] if heat.promised else []
        caption += [ui("evidence.heatmap_bad")] if broken else []
        # What the labels of an axis hold beside a number, where they hold more than that.
        more = f"evidence.{heat.row_axis[1:]}"
        caption += [ui(more)] if more in self.prose.words.interface["en"] else []
        axes_named = Markup(
            '<td></td><th scope="colgroup" colspan="{}" class="axis">{}&nbsp;→</th></tr><tr>'
            '<th scope="col" class="axis">{}&nbsp;↓</th>'
        ).format(len(heat.columns), label(heat.column_axis), label(heat.row_axis))
        return self._figure(
            "heat dense" if len(heat.columns) > MOST_ROOMY else "heat",
            axes_named + self._heads([label(name) for name in heat.columns]),
            rows,
            caption,
            len(heat.columns),
        )

    def _table(self, table: Table) -> Markup:
        ui, label = self.prose.ui, self.prose.label
        rows = []
        for at, values in enumerate(table.rows):
            bad = at in table.bad
            first = said(values[0], self.prose) if values else Markup("")
            cells = Markup("").join(
                Markup("<td{}>{}</td>").format(_numeric(value), said(value, self.prose))
                for value in values[1:]
            )
            rows.append(
                Markup('<tr{}><th scope="row">{}{}</th>{}</tr>').format(
                    Markup(' class="bad"') if bad else "", self._wrong() if bad else "", first, cells
                )
            )
        caption = [ui("evidence.table")] + ([ui("evidence.table_bad")] if table.bad else [])
        return self._figure("plain", self._heads([label(name) for name in table.columns]), rows, caption)

    def _steps(self, steps: Steps) -> Markup:
        ui, label = self.prose.ui, self.prose.label
        bad = {(entry[0], entry[1]) for entry in steps.bad if len(entry) == 2}
        longest = max((len(row) for row in steps.tokens), default=0)
        rows = []
        for at, (name, tokens) in enumerate(zip(steps.labels, steps.tokens, strict=False)):
            cells = Markup("").join(
                Markup("<td{}>{}{}</td>").format(
                    Markup(' class="bad"') if (at, step) in bad else "",
                    self._wrong() if (at, step) in bad else "",
                    label(token),
                )
                for step, token in enumerate(tokens)
            )
            rows.append(Markup('<tr><th scope="row">{}</th>{}</tr>').format(label(name), cells))
        caption = [ui("evidence.steps")] + ([ui("evidence.steps_bad")] if bad else [])
        head = Markup('<th scope="col">{}</th>').format(ui("axis.step")) + self._heads(range(longest))
        return self._figure("steps", head, rows, caption)

    def _pair(self, pair: Pair) -> Markup:
        ui = self.prose.ui
        rows = []
        for key, numbers in (("column.expected", pair.expected), ("column.got", pair.got)):
            cells = Markup("").join(
                Markup("<td{}>{}{}</td>").format(
                    Markup(' class="bad"') if at == pair.worst and key == "column.got" else "",
                    self._wrong("evidence.worst") if at == pair.worst and key == "column.got" else "",
                    said(value, self.prose),
                )
                for at, value in enumerate(numbers)
            )
            rows.append(Markup('<tr><th scope="row">{}</th>{}</tr>').format(ui(key), cells))
        difference = ui("evidence.pair_difference", difference=pair.difference)
        most = max(len(pair.expected), len(pair.got))
        if most == 1:
            return self._figure("steps one", Markup(""), rows, [difference])
        caption = [ui("evidence.pair", n=most), ui("evidence.pair_worst"), difference]
        if pair.worst_index:
            caption.append(ui("evidence.pair_where", index=str(pair.worst_index)))
        head = Markup('<th scope="col">{}</th>').format(ui("evidence.index")) + self._heads(
            range(len(pair.expected))
        )
        return self._figure("steps", head, rows, caption)

    def _shapes(self, shapes: Shapes) -> Markup:
        ui = self.prose.ui
        most = max(len(shapes.expected), len(shapes.got))
        axes = [self.prose.label(name) for name in shapes.axes]
        axes += [ui("evidence.extra_axis", n=at + 1) for at in range(len(axes), most)]
        rows = []
        for key, sizes in (("column.expected", shapes.expected), ("column.got", shapes.got)):
            cells = []
            for at in range(len(axes)):
                wrong = key == "column.got" and at in shapes.differing
                size = Markup(sizes[at]) if at < len(sizes) else ui("evidence.missing")
                cells.append(
                    Markup("<td{}>{}{}</td>").format(
                        Markup(' class="bad"') if wrong else "", self._wrong() if wrong else "", size
                    )
                )
            rows.append(Markup('<tr><th scope="row">{}</th>{}</tr>').format(ui(key), Markup("").join(cells)))
        caption = [ui("evidence.shapes")] + ([ui("evidence.shapes_bad")] if shapes.differing else [])
        return self._figure("steps", Markup("<td></td>") + self._heads(axes), rows, caption)

    def _bars(self, bars: Bars) -> Markup:
        ui = self.prose.ui
        top = max((abs(value) for value in bars.values), default=0.0) or 1.0
        rows = [
            Markup(
                '<tr{}><th scope="row">{}{}</th><td class="h"><span style="--v:{}"></span></td>'
                '<td class="num">{}</td></tr>'
            ).format(
                Markup(' class="bad"') if at in bars.flagged else "",
                self._wrong() if at in bars.flagged else "",
                self.prose.label(name),
                f"{abs(value) / top:.3f}",
                said_number(value),
            )
            for at, (name, value) in enumerate(zip(bars.labels, bars.values, strict=False))
        ]
        unit = {"unit": lambda lang: self.prose.label_in(bars.unit, lang)}
        caption = [self.prose.woven("evidence.bars", unit) if bars.unit else ui("evidence.bars_plain")]
        caption += [ui("evidence.bars_bad")] if bars.flagged else []
        return self._figure("bars", Markup(""), rows, caption)

    def _names(self, names: Names) -> Markup:
        items = Markup(" ").join(
            Markup("<li><code>{}</code></li>").format(self.prose.label(name)) for name in names.names
        )
        listed = (
            Markup('<ul class="names">{}</ul>').format(items)
            if names.names
            else self.prose.ui("evidence.nothing")
        )
        return Markup("<figure>{}<figcaption>{}</figcaption></figure>").format(
            listed, self.prose.ui("evidence.names")
        )


def said(value: Number, prose: Prose) -> Markup:
    """A number of a table, or a word for one, or a label."""
    if isinstance(value, str):
        return prose.label(one_line(value, 80))
    return escape(said_number(value))


def _numeric(value: Number) -> Markup:
    return Markup("") if isinstance(value, str) else Markup(' class="num"')


def _edges(labels: Sequence[str]) -> set[int]:
    """Where the first part of `row · step` labels changes: the eye wants a gap there."""
    parts = [label.partition("·") for label in labels]
    return {
        at for at in range(1, len(parts)) if all(parts[at][1:]) and parts[at][0] != parts[at - 1][0]
    }


def _promised(heat: HeatMap, row: int, column: int) -> bool:
    promised = heat.promised or []
    return row < len(promised) and column < len(promised[row]) and promised[row][column]
