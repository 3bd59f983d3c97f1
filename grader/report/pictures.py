"""Evidence as pictures. Pictures are tables with the number in every cell, so that colour is never alone.

Every text that a student could have chosen is escaped; every number is ours or formatted by us.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from grader.evidence import (
    Bars,
    Confusion,
    Curve,
    Evidence,
    Gallery,
    HeatMap,
    Names,
    Number,
    Pair,
    Series,
    Shapes,
    Steps,
    Table,
)
from grader.report.classes import confusion_table, gallery
from grader.report.curve import curve_svg, series_svg
from grader.report.figure import figure, heads, wrong
from grader.report.heat import heat_map
from grader.report.prose import Prose
from grader.report.sentences import one_line, said_number


@dataclass(frozen=True)
class Pictures:
    """Draws evidence in the languages of one page."""

    prose: Prose

    def draw(self, evidence: Evidence) -> Markup:
        """A figure for one piece of evidence."""
        match evidence:
            case HeatMap():
                return heat_map(evidence, self.prose)
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
            case Series():
                return series_svg(evidence, self.prose)
            case Confusion():
                return confusion_table(evidence, self.prose)
            case Gallery():
                return gallery(evidence, self.prose)
            case Names():
                return self._names(evidence)

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
                    Markup(' class="bad"') if bad else "", wrong(self.prose) if bad else "", first, cells
                )
            )
        caption = [ui("evidence.table")] + ([ui("evidence.table_bad")] if table.bad else [])
        return figure(self.prose, "plain", heads([label(name) for name in table.columns]), rows, caption)

    def _steps(self, steps: Steps) -> Markup:
        ui, label = self.prose.ui, self.prose.label
        bad = {(entry[0], entry[1]) for entry in steps.bad if len(entry) == 2}
        longest = max((len(row) for row in steps.tokens), default=0)
        rows = []
        for at, (name, tokens) in enumerate(zip(steps.labels, steps.tokens, strict=False)):
            cells = Markup("").join(
                Markup("<td{}>{}{}</td>").format(
                    Markup(' class="bad"') if (at, step) in bad else "",
                    wrong(self.prose) if (at, step) in bad else "",
                    label(token),
                )
                for step, token in enumerate(tokens)
            )
            rows.append(Markup('<tr><th scope="row">{}</th>{}</tr>').format(label(name), cells))
        caption = [ui("evidence.steps")] + ([ui("evidence.steps_bad")] if bad else [])
        head = Markup('<th scope="col">{}</th>').format(ui("axis.step")) + heads(range(1, longest + 1))
        return figure(self.prose, "steps", head, rows, caption)

    def _pair(self, pair: Pair) -> Markup:
        ui = self.prose.ui
        rows = []
        for key, numbers in (("column.expected", pair.expected), ("column.got", pair.got)):
            cells = Markup("").join(
                Markup("<td{}>{}{}</td>").format(
                    Markup(' class="bad"') if at == pair.worst and key == "column.got" else "",
                    wrong(self.prose, "evidence.worst") if at == pair.worst and key == "column.got" else "",
                    said(value, self.prose),
                )
                for at, value in enumerate(numbers)
            )
            rows.append(Markup('<tr><th scope="row">{}</th>{}</tr>').format(ui(key), cells))
        difference = ui("evidence.pair_difference", difference=pair.difference)
        most = max(len(pair.expected), len(pair.got))
        if most == 1:
            return figure(self.prose, "steps one", Markup(""), rows, [difference])
        caption = [ui("evidence.pair", n=most), ui("evidence.pair_worst"), difference]
        if pair.worst_index:
            caption.append(ui("evidence.pair_where", index=str(pair.worst_index)))
        head = Markup('<th scope="col">{}</th>').format(ui("evidence.index")) + heads(
            range(len(pair.expected))
        )
        return figure(self.prose, "steps", head, rows, caption)

    def _shapes(self, shapes: Shapes) -> Markup:
        ui = self.prose.ui
        most = max(len(shapes.expected), len(shapes.got))
        axes = [self.prose.label(name) for name in shapes.axes]
        axes += [ui("evidence.extra_axis", n=at + 1) for at in range(len(axes), most)]
        rows = []
        for key, sizes in (("column.expected", shapes.expected), ("column.got", shapes.got)):
            cells = []
            for at in range(len(axes)):
                differs = key == "column.got" and at in shapes.differing
                size = Markup(sizes[at]) if at < len(sizes) else ui("evidence.missing")
                cells.append(
                    Markup("<td{}>{}{}</td>").format(
                        Markup(' class="bad"') if differs else "", wrong(self.prose) if differs else "", size
                    )
                )
            rows.append(Markup('<tr><th scope="row">{}</th>{}</tr>').format(ui(key), Markup("").join(cells)))
        caption = [ui("evidence.shapes")] + ([ui("evidence.shapes_bad")] if shapes.differing else [])
        return figure(self.prose, "steps", Markup("<td></td>") + heads(axes), rows, caption)

    def _bars(self, bars: Bars) -> Markup:
        ui = self.prose.ui
        top = max((abs(value) for value in bars.values), default=0.0) or 1.0
        rows = [
            Markup(
                '<tr{}><th scope="row">{}{}</th><td class="h"><span style="--v:{}"></span></td>'
                '<td class="num">{}</td></tr>'
            ).format(
                Markup(' class="bad"') if at in bars.flagged else "",
                wrong(self.prose) if at in bars.flagged else "",
                self.prose.label(name),
                f"{abs(value) / top:.3f}",
                said_number(value),
            )
            for at, (name, value) in enumerate(zip(bars.labels, bars.values, strict=False))
        ]
        unit = {"unit": lambda lang: self.prose.label_in(bars.unit, lang)}
        caption = [self.prose.woven("evidence.bars", unit) if bars.unit else ui("evidence.bars_plain")]
        caption += [ui("evidence.bars_bad")] if bars.flagged else []
        return figure(self.prose, "bars", Markup(""), rows, caption)

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
