"""Curves as inline SVG, with their numbers in the text: the picture adds, it never stands alone."""

from __future__ import annotations

from math import isfinite

from markupsafe import Markup

from grader.evidence import Curve, Series
from grader.report.figure import heads
from grader.report.plot import Plot
from grader.report.prose import Prose
from grader.report.sentences import Fact, one_line, said_number

_KINDS = ("right", "said", "other")
_MOST_BEYOND = 10
"""A curve that runs away would press all else flat: it leaves the picture at so many times where it began."""


def curve_svg(curve: Curve, prose: Prose) -> Markup:
    """The curve with the band of right answers behind it; first, last and lowest value written out."""
    values = [value for value in curve.values if isfinite(value)]
    if not values:
        return _nothing(prose)
    banded = bool(curve.low) and len(curve.low) == len(curve.high)
    # A few wild first steps of right answers would press all else flat: the band may leave the picture, too.
    highs = sorted(filter(isfinite, curve.high))
    band = [*filter(isfinite, curve.low), *highs[: max(len(highs) * 9 // 10, 1)]] if banded else []
    highest = _MOST_BEYOND * max(map(abs, [values[0], *band]))
    top = min(max([*values, *band]), highest) if highest > 0 else max(values)
    count = max(curve.of, len(curve.values))
    # From nothing on, as far as numbers go: a loss that hardly falls must not look as if it fell.
    plot = Plot(min([0.0, *values, *band]), top, len(curve.values), count)
    facts: dict[str, Fact] = {"n": count, "first": said_number(values[0]), "last": said_number(values[-1])}

    label = {"label": lambda lang: prose.label_in(curve.label, lang)}
    caption = [prose.woven("evidence.curve", label, **facts)]
    if min(values) < min(values[0], values[-1]):
        caption.append(prose.ui("evidence.curve_lowest", lowest=min(values)))
    if max(values) > top:
        caption.append(prose.ui("evidence.curve_beyond", highest=max(values)))
    parts = []
    if banded:
        ends = {"low": said_number(curve.low[-1]), "high": said_number(curve.high[-1])}
        caption.append(prose.ui("evidence.curve_band", **ends))
        parts.append(Plot(plot.low, plot.high, len(curve.low)).band(curve.low, curve.high))
    named = one_line(prose.words.label(curve.label, prose.first), 80)
    picture = plot.drawn(
        prose.plain("evidence.curve", label=named, **facts), *parts, plot.line(curve.values, "line")
    )
    return Markup('<figure class="curve">{}<figcaption>{}</figcaption></figure>').format(
        picture, Markup(" ").join(caption)
    )


def series_svg(series: Series, prose: Prose) -> Markup:
    """The lines over each other, each in a manner of its own, and all their numbers in a table beneath."""
    every = [value for line in series.lines for value in line if isfinite(value)]
    count = max((len(line) for line in series.lines), default=0)
    if not every:
        return _nothing(prose)
    plot = Plot(min(every), max(every), count)
    kinds = [_KINDS[min(at, len(_KINDS) - 1)] for at in range(len(series.lines))]
    lines = [plot.line(line, f"line {kind}") for line, kind in zip(series.lines, kinds, strict=True)]
    keys = [
        Markup('<span class="key {}">{}</span>').format(kind, prose.label(label))
        for kind, label in zip(kinds, series.labels, strict=False)
    ]
    rows = [
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            at + 1,
            Markup("").join(
                Markup('<td class="num">{}</td>').format(said_number(line[at]) if at < len(line) else "")
                for line in series.lines
            ),
        )
        for at in range(count)
    ]
    return Markup(
        '<figure class="curve">{}<figcaption>{} {}</figcaption><details class="numbers"><summary>{}</summary>'
        '<div class="scroll" tabindex="0"><table class="plain"><caption class="sr">{}</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></details></figure>"
    ).format(
        plot.drawn(prose.plain("evidence.series", n=count), *lines),
        Markup(" ").join(keys),
        prose.ui("evidence.series", n=count),
        prose.ui("evidence.numbers"),
        prose.ui("evidence.kind.plain"),
        heads([prose.label(name) for name in (series.axis, *series.labels)]),
        Markup("").join(rows),
    )


def _nothing(prose: Prose) -> Markup:
    return Markup("<figure><figcaption>{}</figcaption></figure>").format(prose.ui("evidence.nothing"))
