"""Axes and lines of an inline SVG: numbers over steps, with the numbers of the scale written beside it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import ceil, floor, isfinite, log10

from markupsafe import Markup

from grader.report.sentences import said_number

WIDTH, HEIGHT = 560, 150
LEFT, RIGHT, TOP, BOTTOM = 50, 10, 10, 20
MOST_POINTS = 200
_TICKS = 3
_LARGEST = sys.float_info.max


class Plot:
    """Finite values from `low` to `high` over `count` steps, as coordinates; a flat line is in the middle."""

    def __init__(self, low: float, high: float, count: int, steps: int | None = None) -> None:
        """`steps`: what the last step is called, where some were left out between."""
        flat = high - low <= 1e-12 * max(abs(low), abs(high), 1e-300)
        room = (abs(low) or 1.0) / 2 if flat else 0.0
        self.low, self.high, self.count = max(low - room, -_LARGEST), min(high + room, _LARGEST), count
        self.steps = count if steps is None else steps

    def x(self, at: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * at / max(self.count - 1, 1)

    def y(self, value: float) -> float:
        # In quarters: the difference of two numbers near the end of floats lies beyond it.
        part = (self.high / 4 - value / 4) / (self.high / 4 - self.low / 4)
        return TOP + (HEIGHT - TOP - BOTTOM) * min(max(part, 0.0), 1.0)

    def points(self, values: Sequence[float]) -> list[str]:
        """`x,y` of each finite value; of many only some, first and last among them."""
        chosen: Sequence[int] = range(len(values))
        if len(values) > MOST_POINTS:
            chosen = [round(at * (len(values) - 1) / (MOST_POINTS - 1)) for at in range(MOST_POINTS)]
        return [f"{self.x(at):.1f},{self.y(values[at]):.1f}" for at in chosen if isfinite(values[at])]

    def line(self, values: Sequence[float], kind: str) -> Markup:
        """One line; a single point is drawn as a dot."""
        points = self.points(values)
        if len(points) == 1:
            x, y = points[0].split(",")
            return Markup('<circle class="{}" cx="{}" cy="{}" r="3"/>').format(kind, x, y)
        return Markup('<path class="{}" d="{}"/>').format(kind, "M" + " L".join(points))

    def band(self, low: Sequence[float], high: Sequence[float]) -> Markup:
        """The room between two lines."""
        around = [*self.points(high), *reversed(self.points(low))]
        return Markup('<path class="band" d="{}"/>').format("M" + " L".join(around) + "Z")

    def axes(self) -> Markup:
        """Lines across at round numbers, and the first and the last step."""
        lines = [self._tick(value, name) for value, name in ticks(self.low, self.high)]
        ends = [(0, 1, "start"), (self.count - 1, self.steps, "end")][: 1 if self.count < 2 else 2]
        lines += [
            Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
                f"{self.x(at):.1f}", HEIGHT - 4, anchor, name
            )
            for at, name, anchor in ends
        ]
        return Markup("").join(lines)

    def _tick(self, value: float, name: str) -> Markup:
        y = self.y(value)
        return Markup(
            '<path class="axis" d="M{},{}H{}"/><text x="{}" y="{}" text-anchor="end">{}</text>'
        ).format(LEFT, f"{y:.1f}", WIDTH - RIGHT, LEFT - 6, f"{y + 4:.1f}", name)

    def drawn(self, label: str, *parts: Markup) -> Markup:
        """The picture, which says `label` to those who cannot see it."""
        return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>').format(
            WIDTH, HEIGHT, label, self.axes(), Markup("").join(parts)
        )


def ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Two to five round numbers from `low` to `high`, each 1, 2 or 5 times a power of ten from the next, with
    as many digits as tell them apart."""
    if not isfinite(high - low) or high <= low:
        return []
    rough = (high - low) / _TICKS
    power = floor(log10(rough))
    step = next(factor * 10.0**power for factor in (1, 2, 5, 10) if factor * 10.0**power >= rough * 0.7)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    digits = max(-floor(log10(step) + 1e-9), 0)
    plain = digits <= 6 and abs(high) < 1e7
    numbers = [n * step for n in range(first, last + 1)]
    return [(number, f"{number:,.{digits}f}" if plain else said_number(number)) for number in numbers]
