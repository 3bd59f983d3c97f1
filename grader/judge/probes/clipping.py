"""Test windows cut off at the ends of what the training rows reach."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from grader.judge.probes.preparing import Prepared, Setting
from grader.judge.probes.series_windows import fitted, origins

_NEAR = 1e-3


@dataclass(frozen=True)
class Clipped:
    """First rows of the test windows, and how many numbers of the test rows were cut off."""

    starts: list[int]
    count: int


def clipped(got: Prepared, raw: torch.Tensor, setting: Setting) -> Clipped | None:
    """Whether the test part is that of the training part's lines, cut off at the ends of the training rows.

    All of it: each number of every test window, and each target, within 1e-3 of the range of its column, for
    windows that begin `setting.steps` rows before the split or at it; some of them lie further than that
    beyond an end. Targets may have a line of their own, and may be left as long as they are. None where it
    is not so, and where the training windows are no lines of the series.
    """
    starts = origins(got.train_x, raw).starts
    if -1 in starts:
        return None
    at = torch.tensor(starts)[:, None] + torch.arange(setting.steps)
    columns = [_Cut.of(raw[at, j], got.train_x[..., j], raw[:, j], setting) for j in range(setting.columns)]
    after = torch.tensor(starts) + setting.steps
    aim = _Cut.of(raw[after, -1], got.train_y, raw[:, -1], setting)
    if not all(cut.fits for cut in (*columns, aim)):
        return None
    count = int(sum(cut.beyond[setting.split :].sum() for cut in columns))
    for first in (setting.split - setting.steps, setting.split):
        found = list(range(first, setting.rows - setting.steps))
        if len(found) != len(got.test_x) or not count:
            continue
        rows = torch.tensor(found)[:, None] + torch.arange(setting.steps)
        targets = torch.tensor(found) + setting.steps
        same = all(cut.is_made(cut.cut[rows], got.test_x[..., j]) for j, cut in enumerate(columns))
        if same and any(aim.is_made(of[targets], got.test_y) for of in (aim.cut, aim.whole)):
            return Clipped(found, count)
    return None


@dataclass(frozen=True)
class _Cut:
    """All rows of a column on the line of the training part, and cut off at the ends of the training rows."""

    whole: torch.Tensor
    cut: torch.Tensor
    size: float
    fits: bool

    @classmethod
    def of(cls, raw: torch.Tensor, scaled: torch.Tensor, column: torch.Tensor, setting: Setting) -> _Cut:
        slope, level, apart = fitted(raw, scaled)
        whole = slope * column + level
        known = whole[: setting.split]
        size = float(known.max() - known.min())
        return cls(whole, whole.clamp(known.min(), known.max()), size, apart < _NEAR and size > 0)

    @property
    def beyond(self) -> torch.Tensor:
        """Which rows lie further beyond an end than rounding explains."""
        return (self.whole - self.cut).abs() > 2 * _NEAR * self.size

    def is_made(self, expected: torch.Tensor, got: torch.Tensor) -> bool:
        return bool(((expected - got).abs() < _NEAR * self.size).all())
