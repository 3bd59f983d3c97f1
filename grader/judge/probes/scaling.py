"""Scales of a series: which line leads from raw numbers to scaled ones, and who may have a say in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from grader.evidence import Table
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.clipping import clipped
from grader.judge.probes.formula import matches
from grader.judge.probes.preparing import SETTINGS, Prepared, Setting, prepared
from grader.judge.probes.series import Form, tabled, walk
from grader.judge.probes.series_windows import Target, fitted, origins, starts_by_neighbours, target
from grader.judge.probes.shapes import shape_text, type_text
from grader.judge.student import Handle
from grader.record import Fact

_RESIDUAL = 1e-3
_SLOPE = 1e-3
_EPSILON = 1e-7
_CERTAIN = 4
"""Rows as they were: another line than the identity meets it at one row or two by chance."""


@dataclass(frozen=True)
class _Line:
    """scaled = slope raw + level for one column, and how far the numbers lie from it, over their range."""

    slope: float
    level: float
    residual: float

    def identity(self, raw: torch.Tensor) -> bool:
        size = float(raw.max() - raw.min())
        near = _RESIDUAL * max(size, float(raw.abs().max()))
        return abs(self.slope - 1) < _SLOPE and abs(self.level) < near


def minmax(handle: Handle, draw: Draw, form: Form) -> None:
    """`handle(data)` is (data - min) / (max - min + 1e-7) of each column; tolerance 1e-5 of the largest.

    Data (9, 3) and (6, 4) of columns on different scales; in the second one column is constant and comes out
    as 0. Findings: scale.missing, scale.not_per_column (one range for all, or one for each row),
    scale.differs (standardised, -1..1, divided by the maximum, ...), output.nan (the constant column),
    shape.*, dtype.wrong, reply.malformed, input.mutated.
    """
    for rows, columns in ((9, 3), (6, 4)):
        data = walk(draw, rows, columns)
        if columns == 4:
            data[:, int(draw.integers(0, columns))] = 7.0
        (answer,) = form.calls(handle, [[data]])
        value = answer.get()
        answer.untouched(("data",))
        got = tabled(value)
        if got is None:
            wanted = shape_text(data)
            facts: dict[str, Fact] = {"name": handle.name, "wanted": wanted, "got": type_text(value)}
            raise Finding("reply.malformed", facts={**facts, "detail": ""}, about=handle.name)
        wrong = [("scale.missing", data)]
        for axes in ((0, 1), (1,)):
            low, high = data.amin(axes, keepdim=True), data.amax(axes, keepdim=True)
            wrong.append(("scale.not_per_column", (data - low) / (high - low + _EPSILON)))
        axes_of = ("@axis.series_row", "@axis.column")
        single = got.float() if got.is_floating_point() else got
        matches(
            single, _right(data), wrong, differs="scale.differs", name=handle.name, axes=axes_of, double=False
        )


def scales_by_training_rows(handle: Handle, draw: Draw, form: Form, *, separate: bool) -> Finding | None:
    """`handle(series, seq_length, train_ratio)` scales each column by one line, that of the training part.

    Any line will do: min-max, standardised, [-1, 1]. Residual of the training windows 1e-3 of the range; the
    same line has to give the test windows to 1e-3. Targets may have a line of their own. Findings:
    scale.missing (a column as it was, in the training windows, or four rows of it in those of the test),
    scale.not_per_column (one slope for all; a range for each row), scale.differs (no line), scale.clipped
    (the test rows are cut off at the smallest and largest of the training rows, see `clipping.clipped`),
    window.target_wrong (targets of either part as they were), leak.test_scaled_by_itself; and those of
    `preparing.prepared`. With `separate` the last is returned as a remark, and another line for the test
    part is right. Says nothing about windows whose rows cannot be told: that is `prepares_every_window`.
    """
    remark = None
    for setting in SETTINGS:
        raw = walk(draw, setting.rows, setting.columns)
        (got,) = prepared(handle, form, setting, raw)
        name = handle.name
        starts = origins(got.train_x, raw).starts
        if -1 in starts:
            raise _unknown(got, raw, name)
        at = torch.tensor(starts)[:, None] + torch.arange(setting.steps)
        lines = [_Line(*fitted(raw[at, j], got.train_x[..., j])) for j in range(setting.columns)]
        code = _of_lines(lines, raw)
        table = _table(lines, raw, got)
        facts: dict[str, Fact] = {"name": name, "columns": setting.columns}
        if code is not None:
            facts["column"] = 1 + next((n for n, line in enumerate(lines) if line.identity(raw)), 0)
            raise Finding(code, facts=facts, evidence=[table], about=name)
        cut = clipped(got, raw, setting)
        if cut is not None:
            raise Finding("scale.clipped", facts={**facts, "count": cut.count}, evidence=[table], about=name)
        aim = target(got.train_y, starts, raw, setting.steps)
        if aim is not None and _Line(aim.slope, aim.level, 0.0).identity(raw[:, aim.column]):
            raise Finding("window.target_wrong", facts={**facts, "steps": setting.steps}, about=name)
        tests = starts_by_neighbours(got.test_x, raw)
        left = _left_raw(got.test_x, tests, raw, lines, setting)
        if left:
            raise Finding("scale.missing", facts={**facts, **left}, evidence=[table], about=name)
        asked = target(got.test_y, tests, raw, setting.steps)
        if asked is not None and _Line(asked.slope, asked.level, 0.0).identity(raw[:, asked.column]):
            raise Finding("window.target_wrong", facts={**facts, "steps": setting.steps}, about=name)
        apart = _apart(got, tests, raw, lines, aim, setting.steps)
        if apart > _RESIDUAL:
            facts["difference"] = apart
            found = Finding("leak.test_scaled_by_itself", facts=facts, evidence=[table], about=name)
            if not separate:
                raise found
            remark = found
    return remark


def _right(data: torch.Tensor) -> torch.Tensor:
    low, high = data.amin(0), data.amax(0)
    return (data - low) / (high - low + _EPSILON)


def _of_lines(lines: list[_Line], raw: torch.Tensor) -> str | None:
    if max(line.residual for line in lines) > _RESIDUAL:
        return "scale.differs"
    if any(line.identity(raw[:, n]) for n, line in enumerate(lines)):
        return "scale.missing"
    slopes = [line.slope for line in lines]
    return "scale.not_per_column" if max(slopes) - min(slopes) <= _SLOPE * max(slopes) else None


def _unknown(got: Prepared, raw: torch.Tensor, name: str) -> Finding:
    """Windows that no scale of columns explains: is there one for each row?"""
    low, high = raw.amin(1, keepdim=True), raw.amax(1, keepdim=True)
    rows = (raw - low) / (high - low + _EPSILON)
    first = got.train_x[0]
    by_row = (rows.unfold(0, len(first), 1).transpose(1, 2) - first).abs().amax((1, 2)).min()
    code = "scale.not_per_column" if float(by_row) < _RESIDUAL else "scale.differs"
    return Finding(code, facts={"name": name, "columns": raw.shape[1]}, about=name)


def _apart(
    got: Prepared,
    starts: Sequence[int],
    raw: torch.Tensor,
    lines: list[_Line],
    aim: Target | None,
    steps: int,
) -> float:
    """How far the test part, whose windows begin at the rows `starts`, lies from the lines of the training
    part, over the range of a column."""
    kept = [n for n, start in enumerate(starts) if start >= 0]
    if not kept:
        return 0.0
    at = torch.tensor([starts[n] for n in kept])[:, None] + torch.arange(steps)
    far = 0.0
    for j, line in enumerate(lines):
        scaled = got.test_x[kept][..., j]
        size = (got.train_x[..., j].max() - got.train_x[..., j].min()).clamp(min=1e-30)
        far = max(far, float((line.slope * raw[at, j] + line.level - scaled).abs().max() / size))
    if aim is not None:
        rows = [starts[n] + steps + aim.ahead for n in kept]
        fits = [(n, row) for n, row in zip(kept, rows, strict=True) if 0 <= row < len(raw)]
        wanted = aim.slope * raw[[row for _, row in fits], aim.column] + aim.level
        size = (got.train_y.max() - got.train_y.min()).clamp(min=1e-30)
        far = max(far, float((wanted - got.test_y[[n for n, _ in fits]]).abs().max() / size))
    return far


def _left_raw(
    x: torch.Tensor, starts: Sequence[int], raw: torch.Tensor, lines: list[_Line], setting: Setting
) -> dict[str, Fact]:
    """Which rows of the series the test windows x hold as they were, off the lines of the training part.

    The windows begin at the rows `starts`. Said of the first column with at least four such rows; empty where
    there is none, and where some windows are unknown.
    """
    if -1 in starts:
        return {}
    at = torch.tensor(starts)[:, None] + torch.arange(setting.steps)
    for j, line in enumerate(lines):
        rows, got = raw[at, j], x[..., j]
        size = raw[:, j].max() - raw[:, j].min()
        off = (line.slope * rows + line.level - got).abs() > _RESIDUAL * abs(line.slope) * size
        left = sorted(set(at[off & ((got - rows).abs() < _RESIDUAL * size)].tolist()))
        if len(left) >= _CERTAIN:
            facts: dict[str, Fact] = {"column": j + 1, "part": "test", "count": len(left)}
            return {**facts, "row": left[0] + 1, "rows": setting.rows, "split": setting.split}
    return {}


def _table(lines: list[_Line], raw: torch.Tensor, got: Prepared) -> Table:
    """For each column its raw range, and the ranges of the training and test windows."""
    rows: list[list[float | int | str]] = []
    for j in range(raw.shape[1]):
        parts = [raw[:, j], got.train_x[..., j], got.test_x[..., j]]
        ends = [f"{float(part.min()):.4g} … {float(part.max()):.4g}" for part in parts]
        rows.append([j + 1, *ends, float(f"{lines[j].slope:.3g}")])
    parts_of = ["@column.raw", "@column.training_windows", "@column.test_windows"]
    return Table(["@column.column", *parts_of, "@column.slope"], rows)
