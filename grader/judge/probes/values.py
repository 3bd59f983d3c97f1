"""Losses over real numbers: each prediction is drawn towards its own target, and towards no other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from grader.evidence import Table
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.outcome import curve
from grader.judge.probes.tracing import Rows, traced
from grader.judge.probes.training import ended
from grader.judge.training import Trainer, drawn
from grader.record import Fact

_TRIES = 2
_FALL = 0.95
_CALLS = 12
_MOST = 0.95
_SHOWN = 8


def values_meet_targets(
    trainer: Trainer, draw: Draw, args: Sequence[Any], *, inputs: int, targets: int
) -> None:
    """In `trainer(*args)` each prediction is drawn towards its own target.

    `inputs` and `targets` are places among `args`: X (N, ...), all different, Y (N, 1) or (N,), and the model
    gives (B, 1) or (B,). The gradient of the loss at a prediction o has the sign of o - y, in 95 % of the
    rows: so it is for squares, absolute values and what lies between. Findings: loss.broadcast (every
    prediction is drawn towards the mean of its batch, to 1e-3: (N, 1) against (N,)), loss.differs,
    train.data_not_used (fewer than 80 % of the examples seen in a training of few calls).
    Nothing is said where no call of the model can be traced. Give a batch of ten examples at least.
    """
    (run,) = trainer.run([drawn(args, draw)], seeds=[draw.seed("training")], calls=_CALLS)
    ended(run)
    x, y = args[inputs], args[targets].flatten()
    blocks = [block.rows for call in run.calls if (block := traced(call, x, y)) is not None]
    blocks = [rows for rows in blocks if rows.output.shape[1] == 1]
    if not blocks:
        return
    name = trainer.name
    fits = [_towards(rows, rows.target.double()) for rows in blocks]
    if sum(fits) / len(fits) < _MOST:
        flat = all(_follows_mean(rows) for rows in blocks if len(rows.step) > 2)
        code = "loss.broadcast" if flat else "loss.differs"
        raise Finding(code, facts={"name": name}, evidence=[_table(blocks[0])], about=name)
    seen = {n for rows in blocks for n in rows.only(rows.scored()).sequence.tolist()}
    if len(run.calls) < _CALLS and len(seen) < 0.8 * len(y):
        facts: dict[str, Fact] = {"name": name, "used": len(seen), "of": len(y)}
        raise Finding("train.data_not_used", facts=facts, about=name)


def errors_fall(trainer: Trainer, draw: Draw, args: Sequence[Any], *, inputs: int, targets: int) -> None:
    """`trainer(*args)` gives a list of finite losses, and lowers the squared error of the model's answers.

    We compute its mean ourselves, in eval mode, on what was trained on, before and after: it falls by a
    twentieth at least in one of two trainings from weights of ours; whatever loss is trained, it falls too.
    A model has to be among `args`. Findings: reply.malformed (no list of numbers), train.diverges (a loss
    that is not finite, or an error that is higher by a fifth), train.too_slow. Give about 25 steps.
    """
    x, y = args[inputs], args[targets]
    losses: list[float] = []
    before = after = math.inf
    for _ in range(_TRIES):
        given = drawn(args, draw)
        model = next(value for value in given if isinstance(value, Model))
        (first,) = replace(model, double=False).run([[x]])
        (run,) = trainer.run([given], seeds=[draw.seed("training")], then=[[x]])
        ended(run)
        losses = run.losses()
        if not all(math.isfinite(loss) for loss in losses):
            break
        before, after = (_squared(answer.tensor(), y) for answer in (first, run.then[0]))
        if after < _FALL * before:
            return
    finite = all(math.isfinite(loss) for loss in losses) and math.isfinite(after)
    facts: dict[str, Fact] = {"name": trainer.name, "first": before, "last": after}
    raise Finding(
        "train.too_slow" if finite and after <= 1.2 * before else "train.diverges",
        facts=facts if math.isfinite(before) else {"name": trainer.name},
        evidence=[curve(losses)],
        about=trainer.name,
        by_chance=True,
    )


def _squared(answer: torch.Tensor, y: torch.Tensor) -> float:
    if answer.numel() != y.numel():
        facts: dict[str, Fact] = {"expected": str(tuple(y.shape)), "got": str(tuple(answer.shape))}
        raise Finding("shape.wrong", facts={"name": "", **facts})
    return float((answer.double().flatten() - y.flatten()).square().mean())


def _towards(rows: Rows, goal: torch.Tensor) -> float:
    """The share of rows whose gradient has the sign of o - goal; rows without a gradient do not count."""
    scored = rows.scored()
    same = (rows.gradient[:, 0] * (rows.output[:, 0] - goal)) > 0
    return float(same[scored].double().mean())


def _follows_mean(rows: Rows) -> bool:
    gap = rows.output[:, 0] - rows.target.double().mean()
    gradient = rows.gradient[:, 0]
    factor = (gap * gradient).sum() / gap.square().sum().clamp(min=1e-30)
    apart = (gradient - factor * gap).norm() / gradient.norm().clamp(min=1e-30)
    return float(factor) > 0 and float(apart) < 1e-3


def _table(rows: Rows) -> Table:
    shown: list[list[float | int | str]] = []
    bad = []
    for at in range(min(_SHOWN, len(rows.step))):
        output, target = float(rows.output[at, 0]), float(rows.target[at])
        gradient = float(rows.gradient[at, 0])
        shown.append([float(f"{number:.3g}") for number in (output, target, -gradient)])
        if gradient * (output - target) <= 0:
            bad.append(at)
    return Table(["@column.prediction", "@column.target", "@column.drawn_by"], shown, bad)
