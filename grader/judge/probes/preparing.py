"""`prepare` as it is asked: series and ratios, and the four parts that come back."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from grader.judge.answer import Answer
from grader.judge.finding import Finding
from grader.judge.probes.series import Form, numbers, pair, windows
from grader.judge.student import Handle
from grader.record import Fact

_PARTS = "(train_x, train_y, test_x, test_y)"


@dataclass(frozen=True)
class Setting:
    """How `prepare` is asked: a series of `rows` rows, and the share of them to train on (None: not said).

    `rows * ratio` lies between a half and the next whole number, so that only the promised rounding, down,
    gives `split`; and far enough from both that float noise does not matter.
    """

    rows: int
    columns: int
    steps: int
    ratio: float | None

    @property
    def split(self) -> int:
        """The first row of the test part."""
        return int(self.rows * (0.7 if self.ratio is None else self.ratio))


@dataclass(frozen=True)
class Prepared:
    """The four parts in float64: windows (N, T, D) and targets (N,) to train on and to test on.

    answer: what they came in
    """

    train_x: torch.Tensor
    train_y: torch.Tensor
    test_x: torch.Tensor
    test_y: torch.Tensor
    answer: Answer

    def untouched(self) -> None:
        """Raises `input.mutated` where the call wrote into the series that it was given."""
        self.answer.untouched(("series",))


SETTINGS = (Setting(61, 4, 7, None), Setting(51, 3, 4, 0.6))
"""One ratio below the default: what is always made of the first 0.7 of the rows then holds test rows."""


def prepared(handle: Handle, form: Form, setting: Setting, *series: torch.Tensor) -> list[Prepared]:
    """What `handle(series, seq_length, train_ratio)` gives for each series.

    Targets may be (N, 1) or (N,). Raises `reply.malformed`, shape.*, dtype.wrong, output.nan, or what the
    call raised.
    """
    ratio = [] if setting.ratio is None else [setting.ratio]
    answers = form.calls(handle, [[raw, setting.steps, *ratio] for raw in series])
    found = []
    for answer in answers:
        parts = pair(answer.get(), handle.name, _PARTS, 4)
        train_x, test_x = (windows(parts[n], setting.steps, setting.columns, handle.name) for n in (0, 2))
        train_y, test_y = (
            numbers(y, len(x), handle.name, flat=True) for x, y in ((train_x, parts[1]), (test_x, parts[3]))
        )
        if not len(train_x) or not len(test_x):
            raise Finding("window.count", facts=counts(handle.name, setting, train_x, test_x))
        found.append(Prepared(train_x, train_y, test_x, test_y, answer))
    return found


def counts(name: str, setting: Setting, train: torch.Tensor, test: torch.Tensor) -> dict[str, Fact]:
    """Facts of `window.count`: how many windows there are in both parts, and how many there should be."""
    count = setting.rows - setting.split
    expected = f"{setting.split - setting.steps} + {count}"
    return {
        "name": name,
        "rows": setting.rows,
        "steps": setting.steps,
        "split": setting.split,
        "expected": f"{expected} ({setting.split - setting.steps} + {count - setting.steps})",
        "got": f"{len(train)} + {len(test)}",
    }
