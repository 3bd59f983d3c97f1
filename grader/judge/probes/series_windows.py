"""Windows over a series: which rows each one holds, and which number it is followed by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch

from grader.evidence import Table
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.series import Form, numbers, pair, windows
from grader.judge.student import Handle
from grader.record import Fact

_NEAR = 1e-3
_SAME = 1e-5
_SHOWN = 8


@dataclass(frozen=True)
class Origin:
    """Where the windows of one part come from: first rows (-1: unknown), and whether they run backwards."""

    starts: list[int]
    backwards: bool


@dataclass(frozen=True)
class Target:
    """Targets are column `column` of the row `ahead` rows after the one that follows their window, times
    `slope` plus `level`."""

    ahead: int
    column: int
    slope: float
    level: float


def cuts_series(handle: Handle, draw: Draw, form: Form) -> None:
    """`handle(series, seq_length)` is every window of that many rows, in order, with the last column of the
    row that follows each as its target.

    Series of different numbers in 0..1: 11 rows of 3 columns in windows of 4, 9 of 2 in windows of 5. X is
    (N, T, D), Y (N, 1), N = rows - T; tensors, arrays or lists. Each number tells the row and column that
    it comes from, to 1e-5. Findings: shape.*, dtype.wrong, output.nan, reply.malformed, window.time_reversed,
    window.target_inside_window, window.target_too_late, window.wrong_column, window.target_wrong,
    window.order (windows of other rows than the next), window.count, window.differs (no rows of the series).
    """
    for rows, columns, steps in ((11, 3, 4), (9, 2, 5)):
        series = _coded(draw, rows, columns)
        (answer,) = form.calls(handle, [[series, steps]])
        x, y = pair(answer.get(), handle.name, "(X, Y)")
        x = windows(x, steps, columns, handle.name)
        if tuple(y.shape) == (len(x), columns):
            facts: dict[str, Fact] = {"name": handle.name, "columns": columns, "got": columns}
            raise Finding("window.wrong_column", facts=facts, about=handle.name)
        _are_all(x, numbers(y, len(x), handle.name), series, handle.name)


def origins(x: torch.Tensor, raw: torch.Tensor) -> Origin:
    """First row of each window of x (N, T, D) in raw (rows, D), each column scaled in its own way or not.

    Windows are compared after their columns have mean 0 and length 1, tolerance 1e-3.
    """
    steps = x.shape[1]
    if steps > len(raw) or not len(x):
        return Origin([-1] * len(x), False)
    known = _plain(raw.unfold(0, steps, 1).transpose(1, 2))
    found = []
    for made in (_plain(x), _plain(x.flip(1))):
        apart = (made[:, None] - known[None]).norm(dim=2).amax(2)
        nearest, rows = apart.min(1)
        found.append(
            [row if d < _NEAR else -1 for d, row in zip(nearest.tolist(), rows.tolist(), strict=True)]
        )
    forwards, backwards = found
    turned = sum(s >= 0 for s in backwards) > sum(s >= 0 for s in forwards)
    return Origin(backwards if turned else forwards, turned)


def starts_by_neighbours(x: torch.Tensor, raw: torch.Tensor) -> list[int]:
    """First rows of the windows of x (N, T, D), as `origins` has them, with those that their neighbours tell.

    Where each window goes on as the one before it, a row later, from one known window to another at most T
    rows later, all rows between are rows of these two, in whatever scales. Tolerance: 1e-5 of the range.
    """
    starts = origins(x, raw).starts
    found = list(starts)
    size = x.amax((0, 1)) - x.amin((0, 1))
    breaks = ((x[1:, :-1] - x[:-1, 1:]).abs() > _SAME * size).flatten(1).any(1)
    for left, right in pairwise(n for n, start in enumerate(starts) if start >= 0):
        apart = starts[right] - starts[left]
        if apart == right - left <= x.shape[1] and not breaks[left:right].any():
            found[left:right] = range(starts[left], starts[right])
    return found


def target(y: torch.Tensor, starts: Sequence[int], raw: torch.Tensor, steps: int) -> Target | None:
    """What the targets y (N,) of windows with these first rows are, up to a scale of their own; the first
    that fits to 1e-3, tried from the promised one on. None where nothing does."""
    kept = [n for n, start in enumerate(starts) if start >= 0]
    for ahead in (0, -1, 1, *range(-2, -steps - 1, -1), *range(2, steps + 2)):
        for column in range(raw.shape[1] - 1, -1, -1):
            rows = [starts[n] + steps + ahead for n in kept]
            inside = [m for m, row in enumerate(rows) if 0 <= row < len(raw)]
            if len(inside) < max(4, len(kept) - 2):
                continue
            at, of = [rows[m] for m in inside], [kept[m] for m in inside]
            slope, level, apart = fitted(raw[at, column], y[of])
            if apart < _NEAR and slope:
                return Target(ahead, column, slope, level)
    return None


def fitted(raw: torch.Tensor, scaled: torch.Tensor) -> tuple[float, float, float]:
    """(slope, level, largest distance over the range of `scaled`) of the line scaled = slope raw + level."""
    raw, scaled = raw.flatten(), scaled.flatten()
    middle, mean = raw.mean(), scaled.mean()
    slope = ((raw - middle) * (scaled - mean)).sum() / (raw - middle).square().sum().clamp(min=1e-30)
    level = mean - slope * middle
    size = (scaled.max() - scaled.min()).clamp(min=1e-30)
    return float(slope), float(level), float((slope * raw + level - scaled).abs().max() / size)


def target_code(found: Target | None, columns: int) -> str | None:
    """The name of what is wrong with these targets; None where they are the last column of the next row."""
    if found is None:
        return "window.target_wrong"
    if found.ahead:
        return "window.target_inside_window" if found.ahead < 0 else "window.target_too_late"
    return None if found.column == columns - 1 else "window.wrong_column"


def _coded(draw: Draw, rows: int, columns: int) -> torch.Tensor:
    """All numbers differ: multiples of 1 / (rows * columns + 1), in a drawn order."""
    order = torch.from_numpy(draw("code").permutation(rows * columns)) + 1.0
    return (order / (rows * columns + 1.0)).reshape(rows, columns)


def _are_all(x: torch.Tensor, y: torch.Tensor, series: torch.Tensor, name: str) -> None:
    """Every window in order, each with its target. Raises the window.* of `cuts_series`."""
    rows, columns = series.shape
    steps = x.shape[1]
    at = _places(x, series)
    inside = torch.div(at, columns, rounding_mode="floor")
    known = bool((at >= 0).all() and (at % columns == torch.arange(columns)).all())
    turns = inside[:, 1:, 0] - inside[:, :-1, 0]
    starts = [int(start) for start in inside[:, 0, 0]]
    places = _places(y, series).tolist()
    aims = [
        Target(p // columns - start - steps, p % columns, 1.0, 0.0) if p >= 0 else None
        for p, start in zip(places, starts, strict=True)
    ]
    code: str | None = None
    if (
        not known
        or bool((inside != inside[:, :, :1]).any())
        or not ((turns == 1).all() or (turns == -1).all())
    ):
        code = "window.differs"
    elif len(x) and bool((turns == -1).all()):
        code = "window.time_reversed"
    elif len(set(aims)) > 1:
        code = "window.target_wrong"
    elif aims:
        code = target_code(aims[0], columns)
    if code is None and any(b - a != 1 for a, b in pairwise(starts)):
        code = "window.order"
    if code is None and starts != list(range(rows - steps)):
        code = "window.count"
    if code is None:
        return
    facts: dict[str, Fact] = {
        "name": name,
        "rows": rows,
        "steps": steps,
        "expected": rows - steps,
        "got": len(x),
        "columns": columns,
    }
    raise Finding(code, facts=facts, evidence=[_table(inside, places, series.shape)], about=name)


def _table(inside: torch.Tensor, places: Sequence[int], size: Sequence[int]) -> Table:
    """The first windows: the rows that they hold, and where their targets come from; counted from 1."""
    rows, columns = size
    steps = inside.shape[1]
    shown: list[list[float | int | str]] = []
    bad = []
    for n, place in enumerate(places[:_SHOWN]):
        first, last = int(inside[n, 0, 0]) + 1, int(inside[n, -1, 0]) + 1
        after = [place // columns + 1, place % columns + 1] if place >= 0 else [0, 0]
        shown.append([n + 1, f"{first}–{last}" if first and last else "?", *(a or "?" for a in after)])
        if [first, last, *after] != [n + 1, n + steps, n + steps + 1, columns] or n >= rows - steps:
            bad.append(n)
    heads = ["@column.window", "@column.rows_of_window", "@column.row_of_target", "@column.column_of_target"]
    return Table(heads, shown, bad)


def _places(values: torch.Tensor, series: torch.Tensor) -> torch.Tensor:
    """For each number the place in the flat series that holds it, -1 where none does."""
    nearest, places = (values[..., None] - series.flatten()).abs().min(-1)
    return torch.where(nearest < 1e-5, places, -1)


def _plain(x: torch.Tensor) -> torch.Tensor:
    centred = x - x.mean(1, keepdim=True)
    plain: torch.Tensor = centred / centred.norm(dim=1, keepdim=True).clamp(min=1e-30)
    return plain
