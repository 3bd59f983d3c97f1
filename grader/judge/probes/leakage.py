"""What training could know of the test rows: each raw row is changed alone, and the windows are watched."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch

from grader.evidence import HeatMap, Table
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.clipping import clipped
from grader.judge.probes.preparing import SETTINGS, Prepared, Setting, counts, prepared
from grader.judge.probes.series import Form, walk
from grader.judge.probes.series_windows import origins, starts_by_neighbours, target, target_code
from grader.judge.student import Handle
from grader.record import Fact

MOVED = 2e-5
"""Relative to the range of a column in the training windows; what does not depend differs by exactly 0."""
_ALL = 0.9
_RANDOM = "leak.random_split"
_ROWS, _COLUMNS = 8, 14


def keeps_future_out(handle: Handle, draw: Draw, form: Form) -> None:
    """No training window or target of `handle(series, seq_length, train_ratio)` depends on a test row.

    Series of 61 and 51 rows, split after 42 (0.7, not said) and 30 (0.6); each row is changed alone, in all
    columns, beyond the range of its column, alternately above and below: inside it a scaler would not notice.
    What changes by more than 2e-5 of its range depends. Findings: window.time_reversed; where training
    windows hold or foretell test rows leak.windows_cross_split (they are the first windows of the series) or
    leak.random_split; else leak.scaler_sees_test (every test row moves 90 % of them, or some do and the
    windows hold training rows alone), leak.filter_reaches_future (the first test rows do), leak.random_split;
    and those of `prepared`. A clean split at another row, by another rounding or with the ratio ignored, is
    for `prepares_every_window` to count.
    """
    for setting in SETTINGS:
        raw = walk(draw, setting.rows, setting.columns)
        changed = [_outlier(raw, row) for row in range(setting.rows)]
        base, *others = prepared(handle, form, setting, raw, *changed)
        origin = origins(base.train_x, raw)
        if origin.backwards:
            facts: dict[str, Fact] = {"name": handle.name, "rows": setting.rows, "steps": setting.steps}
            raise Finding("window.time_reversed", facts=facts, about=handle.name)
        strength = _strength(base, others, handle.name)
        split = _split(origin.starts, origins(base.test_x, raw).starts, setting)
        code = _leak(strength > MOVED, origin.starts, setting.steps, split)
        if code is not None:
            raise _seen(code, strength, setting, handle.name)


def prepares_every_window(handle: Handle, draw: Draw, form: Form) -> None:
    """`handle(series, seq_length, train_ratio)` gives every window of the training part, and every one whose
    target is a test row: all of them, or those that hold test rows only.

    Any scale of each column: windows are known by their course, to 1e-3, test windows of rows in two scales
    by their neighbours, and those cut off at the range of the training rows by what is left. Training windows
    may come in any order, test windows come in theirs. Findings:
    window.differs, by what the targets follow in all windows window.target_inside_window,
    window.target_too_late, window.wrong_column, window.target_wrong; window.order, window.count;
    input.mutated (the notebook goes on to use the series); and those of `prepared`.
    """
    for setting in SETTINGS:
        raw = walk(draw, setting.rows, setting.columns)
        (got,) = prepared(handle, form, setting, raw)
        split, steps = setting.split, setting.steps
        parts = [(got.train_x, got.train_y), (got.test_x, got.test_y)]
        starts = [origins(got.train_x, raw).starts, starts_by_neighbours(got.test_x, raw)]
        aims = [
            target_code(target(y, at, raw, steps), setting.columns)
            for (_, y), at in zip(parts, starts, strict=True)
        ]
        last = setting.rows - steps
        tests = [list(range(first, last)) for first in (split - steps, split)]
        cut = clipped(got, raw, setting)
        if cut is not None:
            # Which rows they hold is right, and the scale is another check's matter.
            starts[1], aims[1] = cut.starts, None
        code = None
        if any(-1 in at for at in starts):
            code = "window.differs"
        elif any(aims):
            code = next(aim for aim in aims if aim)
        elif any(b - a != 1 for a, b in pairwise(starts[1])):
            code = "window.order"
        elif sorted(starts[0]) != list(range(split - steps)) or starts[1] not in tests:
            code = "window.count"
        if code is not None:
            table = _windows_table(starts, setting)
            facts = counts(handle.name, setting, got.train_x, got.test_x)
            raise Finding(code, facts=facts, evidence=[table], about=handle.name)
        got.untouched()


def _outlier(raw: torch.Tensor, row: int) -> torch.Tensor:
    low, high = raw.amin(0), raw.amax(0)
    changed = raw.clone()
    changed[row] = high + 0.7 * (high - low) if row % 2 else low - 0.7 * (high - low)
    return changed


def _strength(base: Prepared, others: Sequence[Prepared], name: str) -> torch.Tensor:
    """How far each row (columns) moves each training window or its target (rows), over the column's range."""
    if any(other.train_x.shape != base.train_x.shape for other in others):
        raise Finding("window.count", facts={"name": name}, about=name)
    size = (base.train_x.amax((0, 1)) - base.train_x.amin((0, 1))).clamp(min=1e-12)
    aim = (base.train_y.max() - base.train_y.min()).clamp(min=1e-12)
    moved = [
        torch.maximum(
            ((other.train_x - base.train_x).abs() / size).amax((1, 2)),
            (other.train_y - base.train_y).abs() / aim,
        )
        for other in others
    ]
    return torch.stack(moved, 1)


def _split(train: Sequence[int], test: Sequence[int], setting: Setting) -> int:
    """The first row that training must not know; windows of the parts begin at the rows `train` and `test`.

    The parts may meet at a later row than promised, one part up to it and the other from it on: nothing leaks
    then, and `prepares_every_window` says so by counting.
    """
    if -1 in train or -1 in test:
        return setting.split
    met = max(train) + setting.steps + 1
    clean = sorted(train) == list(range(met - setting.steps)) and min(test) in (met - setting.steps, met)
    # Windows that are split after they were cut meet as well, several rows late; rounding is one row late. By
    # the second setting those are caught, and what is left does not obey the ratio.
    near = met == setting.split + 1 or (setting.ratio is not None and met > setting.split)
    return met if clean and near else setting.split


def _leak(moved: torch.Tensor, starts: Sequence[int], steps: int, split: int) -> str | None:
    """What a map of training windows (rows) by rows of the series tells; `starts` are their first rows."""
    late = moved[:, split:]
    if not late.any():
        return None
    # A row goes up or down: a scaler that looks at one end of the test rows alone is told by every second.
    share = late.double().mean(0)
    everything = any(bool((share[rows] >= _ALL).all()) for rows in (slice(0, None, 2), slice(1, None, 2)))
    if -1 not in starts and max(starts) + steps >= split:
        whole = sorted(starts) == list(range(len(starts)))
        return ("leak.scaler_sees_test" if everything else "leak.windows_cross_split") if whole else _RANDOM
    seen = late.any(0)
    # A filter bends the windows that it moves, a scale does not: these hold training rows as they are.
    if everything or (-1 not in starts and bool((share[seen] >= _ALL).all())):
        return "leak.scaler_sees_test"
    return "leak.filter_reaches_future" if bool(seen[: int(seen.sum())].all()) else _RANDOM


def _seen(code: str, strength: torch.Tensor, setting: Setting, name: str) -> Finding:
    """The training windows that test rows move most, and the rows around the split."""
    late = strength[:, setting.split :] > MOVED
    rows = sorted(torch.argsort(late.sum(1), stable=True, descending=True)[:_ROWS].tolist())
    begin = max(0, min(setting.split - 6, setting.rows - _COLUMNS))
    columns = list(range(begin, min(begin + _COLUMNS, setting.rows)))
    values = strength[rows][:, columns]
    known = (values > MOVED) & (torch.tensor(columns) < setting.split)
    picture = HeatMap(
        [str(row + 1) for row in rows],
        [str(column + 1) for column in columns],
        [[float(f"{min(v, 1e6):.3g}") for v in row] for row in values.tolist()],
        known.tolist(),
        "@axis.train_window",
        "@axis.series_row",
        MOVED,
    )
    facts: dict[str, Fact] = {
        "name": name,
        "rows": setting.rows,
        "split": setting.split,
        "moved": int(late.any(1).sum()),
        "of": len(strength),
    }
    return Finding(code, facts=facts, evidence=[picture], about=name)


def _windows_table(starts: Sequence[Sequence[int]], setting: Setting) -> Table:
    """First and last rows of the windows of both parts."""
    rows: list[list[float | int | str]] = []
    for part, at in zip(("@said.training", "@said.test"), starts, strict=True):
        for n in sorted({0, 1, len(at) - 1} & set(range(len(at)))):
            held = f"{at[n] + 1}–{at[n] + setting.steps}" if at[n] >= 0 else "?"
            rows.append([part, n + 1, held])
    return Table(["@column.part", "@column.window", "@column.rows_of_window"], rows)
