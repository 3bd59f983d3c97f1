"""A curve as inline SVG, with its numbers in the text: the picture adds, it never stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from markupsafe import Markup

from grader.evidence import Curve
from grader.report.prose import Prose
from grader.report.sentences import one_line, said_number

WIDTH, HEIGHT, MARGIN = 520, 110, 8
MOST_POINTS = 200


def curve_svg(curve: Curve, prose: Prose) -> Markup:
    """The curve with the band of right answers behind it, first and last value written out."""
    values = [value for value in curve.values if isfinite(value)]
    if not values:
        return Markup("<figure><figcaption>{}</figcaption></figure>").format(prose.ui("evidence.nothing"))
    banded = bool(curve.low) and len(curve.low) == len(curve.high)
    every = [*values, *(filter(isfinite, [*curve.low, *curve.high]) if banded else [])]
    scale = _Scale(min(every), max(every))
    first, last = said_number(values[0]), said_number(values[-1])

    label = {"label": lambda lang: prose.label_in(curve.label, lang)}
    caption = [prose.woven("evidence.curve", label, n=len(values), first=first, last=last)]
    caption += [prose.ui("evidence.curve_band")] if banded else []
    spoken = prose.plain(
        "evidence.curve",
        n=len(values),
        first=first,
        last=last,
        label=one_line(prose.words.label(curve.label, prose.first), 80),
    )
    band = Markup('<path class="band" d="{}"/>').format(_band(curve, scale)) if banded else Markup("")
    return Markup(
        '<figure class="curve"><svg viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path class="axis" d="M0,{}H{}"/>{}<path class="line" d="{}"/>'
        '<text x="4" y="{}">{}</text><text x="{}" y="{}" text-anchor="end">{}</text>'
        "</svg><figcaption>{}</figcaption></figure>"
    ).format(
        WIDTH,
        HEIGHT,
        spoken,
        HEIGHT - 1,
        WIDTH,
        band,
        "M" + " L".join(scale.points(values)),
        _beside(scale.y(values[0])),
        first,
        WIDTH - 4,
        _beside(scale.y(values[-1])),
        last,
        Markup(" ").join(caption),
    )


class _Scale:
    """Values to the picture's coordinates; a flat curve runs through the middle."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def y(self, value: float) -> float:
        if self.high == self.low:
            return HEIGHT / 2
        return MARGIN + (HEIGHT - 2 * MARGIN) * (self.high - value) / (self.high - self.low)

    def points(self, values: Sequence[float]) -> list[str]:
        chosen = _thinned(len(values))
        span = max(len(values) - 1, 1)
        return [f"{WIDTH * at / span:.1f},{self.y(values[at]):.1f}" for at in chosen if isfinite(values[at])]


def _thinned(count: int) -> list[int]:
    """At most `MOST_POINTS` indices, evenly spread, first and last among them."""
    if count <= MOST_POINTS:
        return list(range(count))
    return [round(at * (count - 1) / (MOST_POINTS - 1)) for at in range(MOST_POINTS)]


def _band(curve: Curve, scale: _Scale) -> str:
    return "M" + " L".join([*scale.points(curve.high), *reversed(scale.points(curve.low))]) + "Z"


def _beside(y: float) -> str:
    """Where a number stands so that the line does not run through it."""
    return f"{y + 16 if y < HEIGHT / 2 else y - 7:.0f}"
