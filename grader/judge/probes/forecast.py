"""Forecasts of a season against yesterday's number: what a trained model knows of the time to come."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from grader.evidence import Evidence, Series, Table
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.training import answered
from grader.judge.training import Trainer
from grader.record import Fact

FAILS = 1.5
BEATEN = 1.0
NOISE = 0.05


@dataclass(frozen=True)
class Season:
    """Scaled windows to train on and to forecast from, of one series: x (N, T, D), y (N, 1), in 0..1.

    No test target is a number of any window, so that nothing handed over tells it.
    """

    train_x: torch.Tensor
    train_y: torch.Tensor
    test_x: torch.Tensor
    test_y: torch.Tensor

    def yesterday(self) -> float:
        """The root mean squared error of saying that nothing changes."""
        return rmse(self.test_x[:, -1, -1], self.test_y[:, 0])


def season(draw: Draw, *, rows: int, steps: int, columns: int, tests: int) -> Season:
    """A series whose last column goes up and down in a period of 16 to 20 rows, with noise.

    The other columns are walks that tell nothing of it. Training windows are every window of the first `rows`
    rows; `tests` windows of `steps` follow, one row apart, which is the target of the one before.
    """
    generator = draw("season")
    length = rows + tests * (steps + 1)
    period, phase = generator.uniform(16, 20), generator.uniform(0, 2 * math.pi)
    time = torch.arange(length, dtype=torch.float64)
    noise = torch.from_numpy(generator.standard_normal((length, columns)))
    series = torch.zeros(length, columns, dtype=torch.float64)
    for row in range(length):
        series[row] = 0.8 * series[max(row - 1, 0)] + 0.5 * noise[row]
    series[:, -1] = torch.sin(2 * math.pi * time / period + phase) + NOISE * noise[:, -1]
    low, high = series[:rows].amin(0), series[:rows].amax(0)
    scaled = (series - low) / (high - low + 1e-7)
    every = scaled.unfold(0, steps, 1).transpose(1, 2)
    trained = rows - steps
    starts = rows + torch.arange(tests) * (steps + 1)
    return Season(every[:trained], scaled[steps:rows, -1:], every[starts], scaled[starts + steps, -1:])


def rmse(one: torch.Tensor, other: torch.Tensor) -> float:
    """The root of the mean squared difference; infinite where one is not finite."""
    value = float((one.double() - other.double()).square().mean().sqrt())
    return value if math.isfinite(value) else math.inf


def beats_yesterday(
    trainer: Trainer,
    draw: Draw,
    model: Model,
    *,
    budgets: Sequence[tuple[int, float]],
    rows: int = 100,
    steps: int = 5,
    columns: int = 3,
    tests: int = 30,
) -> Finding | None:
    """Trained by `trainer(model, X, Y, iterations, learning_rate)`, the model beats yesterday's number.

    Each training has a season of its own, drawn afresh, and one of the `budgets` (iterations, learning rate);
    they are tried in turn until one does better than yesterday's number, on windows that follow the training
    rows; their targets never leave us. Statistic: RMSE over that of yesterday's number, the best of the
    trainings. Above 1.5 it raises train.diverges (not finite) or baseline.not_beaten; from 1.0 to 1.5
    baseline.not_beaten is returned, to be said as a remark.
    """
    table: list[list[float | int | str]] = []
    best, lines = math.inf, Series([], [])
    for iterations, rate in budgets:
        data = season(draw, rows=rows, steps=steps, columns=columns, tests=tests)
        args: list[Any] = [model, data.train_x, data.train_y, iterations, rate]
        (run,) = trainer.run([args], seeds=[draw.seed("training")], then=[[data.test_x]])
        answered(run.answer)
        if not run.then:
            raise Finding("model.no_parameters", facts={"name": trainer.name}, about=trainer.name)
        said = run.then[0].tensor().double().flatten()
        error = rmse(said, data.test_y[:, 0]) if len(said) == tests else math.inf
        naive = data.yesterday()
        if error / naive <= best and math.isfinite(error):
            lines = _lines(data.test_y[:, 0], said, data.test_x[:, -1, -1])
        best = min(best, error / naive)
        table.append([iterations, rate, *(_short(value) for value in (error, naive, error / naive))])
        if best < BEATEN:
            return None
    facts: dict[str, Fact] = {"name": trainer.name, "ratio": best, "cut": FAILS, "of": tests}
    heads = ["@column.iterations", "@column.rate", "@column.rmse", "@column.rmse_yesterday", "@column.ratio"]
    evidence: list[Evidence] = [Table(heads, table), *([lines] if lines.lines else [])]
    if best <= FAILS:
        return Finding("baseline.not_beaten", facts=facts, evidence=evidence, about=trainer.name)
    code = "baseline.not_beaten" if math.isfinite(best) else "train.diverges"
    raise Finding(code, facts=facts, evidence=evidence, about=trainer.name, by_chance=True)


def _lines(right: torch.Tensor, said: torch.Tensor, before: torch.Tensor) -> Series:
    labels = ["@row.right_number", "@row.forecast", "@row.as_yesterday"]
    return Series(
        labels, [[float(f"{number:.3g}") for number in line.tolist()] for line in (right, said, before)]
    )


def _short(value: float) -> float | str:
    return float(f"{value:.3g}") if math.isfinite(value) else "inf"
