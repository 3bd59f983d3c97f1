"""What training by the student's own function leads to, measured on our side from the model's answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch.nn import functional as F

from grader.evidence import Curve, Evidence
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.mixups import first_row
from grader.judge.probes.training import ended
from grader.judge.training import Trained, Trainer, drawn
from grader.record import Fact

_TRIES = 2
_FALL = 0.05
_SHOWN = 30


def losses_fall(
    trainer: Trainer,
    draw: Draw,
    args: Sequence[Any],
    *,
    inputs: int,
    targets: int,
    asked: torch.Tensor | None = None,
) -> None:
    """`trainer(*args)` gives a list of finite losses, and lowers the cross-entropy of the model's answers.

    We compute it ourselves, in eval mode, on what was trained on, before and after: it falls by 0.05 at
    least in one of two trainings from weights of ours (without a model among `args`: below chance).
    `asked` is what the model itself is given where that is not what the function is trained on (one-hot
    rows for numbers). Findings: reply.malformed (no list of numbers), train.diverges (a loss that is not
    finite, or a cross-entropy that is higher by a fifth), train.too_slow. Give about 25 steps.
    """
    x, y = args[inputs] if asked is None else asked, args[targets]
    losses: list[float] = []
    before = after = math.inf
    for _ in range(_TRIES):
        given = drawn(args, draw)
        (run,) = trainer.run([given], seeds=[draw.seed("training")], then=[[x]])
        ended(run)
        losses = run.losses()
        if not all(math.isfinite(loss) for loss in losses):
            break
        before, after = _at_first(given, x, y), _cross_entropy(_then(run, trainer.name), y)
        if after < before - _FALL:
            return
    finite = all(math.isfinite(loss) for loss in losses) and math.isfinite(after)
    diverged = not finite or after > max(1.2 * before, before + 0.2)
    facts: dict[str, Fact] = {"name": trainer.name, "first": before, "last": after}
    raise Finding(
        "train.diverges" if diverged else "train.too_slow",
        facts=facts if math.isfinite(before) else {"name": trainer.name},
        evidence=[curve(losses)],
        about=trainer.name,
        by_chance=True,
    )


def fits(
    trainer: Trainer,
    draw: Draw,
    args: Sequence[Any],
    *,
    inputs: int,
    targets: int,
    budget: int,
    budgets: Sequence[int],
    cut: float,
    asked: torch.Tensor | None = None,
) -> None:
    """After `trainer(*args)` at least `cut` of the answers to what was trained on are its targets.

    Each training starts from weights of the model's own; `budgets` are the numbers of steps, put at the place
    `budget` of `args` and tried in turn until one is enough, so that neither luck nor a slow but sound
    optimiser decides. `asked` as in `losses_fall`. Findings: train.diverges, accuracy.low. Limits: the
    targets are known to the student's side, since they are trained on; what is learnt by heart is right here.
    """
    x, y = args[inputs] if asked is None else asked, args[targets]
    best = -1.0
    losses: list[float] = []
    spelt: list[Evidence] = []
    for number in budgets:
        given = [number if place == budget else value for place, value in enumerate(args)]
        (run,) = trainer.run([given], seeds=[draw.seed("training")], then=[[x]])
        ended(run)
        scores = _then(run, trainer.name)
        share = float((scores.argmax(-1).reshape(y.shape) == y).double().mean())
        if share >= cut:
            return
        if share > best:
            best, losses, spelt = share, run.losses(), first_row(scores, y)
    diverged = not all(math.isfinite(loss) for loss in losses) or losses[-1] > max(1.2 * losses[0], 4.0)
    facts: dict[str, Fact] = {
        "name": trainer.name,
        "accuracy": best,
        "cut": cut,
        "of": y.numel(),
        "first": losses[0],
        "last": losses[-1],
    }
    code = "train.diverges" if diverged else "accuracy.low"
    raise Finding(code, facts=facts, evidence=[curve(losses), *spelt], about=trainer.name, by_chance=True)


def _at_first(given: Sequence[Any], x: torch.Tensor, y: torch.Tensor) -> float:
    """The cross-entropy before training; that of guessing where the function makes the model itself."""
    model = next((value for value in given if isinstance(value, Model)), None)
    if model is None:
        return math.log(int(y.max()) + 1)
    (answer,) = replace(model, double=False).run([[x]])
    return _cross_entropy(answer.tensor(), y)


def _then(run: Trained, name: str) -> torch.Tensor:
    """The trained model's scores. Raises `reply.malformed` where it gave none, or what its call raised."""
    if not run.then:
        facts: dict[str, Fact] = {"name": name, "wanted": "nn.Module", "got": "", "detail": ""}
        raise Finding("reply.malformed", facts=facts, about=name)
    return run.then[0].tensor().double()


def _cross_entropy(scores: torch.Tensor, y: torch.Tensor) -> float:
    scores = scores.double()
    if not scores.numel() or scores.shape[:-1].numel() != y.numel() or int(y.max()) >= scores.shape[-1]:
        facts: dict[str, Fact] = {
            "name": "",
            "expected": str(tuple(y.shape)),
            "got": str(tuple(scores.shape)),
        }
        raise Finding("shape.wrong", facts=facts)
    value = float(F.cross_entropy(scores.reshape(-1, scores.shape[-1]), y.reshape(-1)))
    return value if math.isfinite(value) else math.inf


def curve(losses: Sequence[float]) -> Curve:
    """At most 30 of the losses, drawable: what is not finite, or above a million, as a million."""
    step = max(1, -(-len(losses) // _SHOWN))
    shown = [min(loss, 1e6) if math.isfinite(loss) else 1e6 for loss in losses[::step]]
    return Curve([float(f"{loss:.4g}") for loss in shown[:_SHOWN]], of=len(losses))
