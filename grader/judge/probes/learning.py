"""A model learns a task when the judge trains it: the last check, and never alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.mixups import confusion
from grader.judge.probes.outcome import curve
from grader.record import Fact

_NO_GRADIENT = re.compile(r"does not require grad", re.IGNORECASE)
_DIVERGED = 1e20


@dataclass(frozen=True)
class Task:
    """Examples to learn from, in batches, and examples to be judged by, whose labels never leave us.

    `batches` and `test` hold the arguments of one call each; labels (B,) long.
    """

    batches: Sequence[Sequence[Any]]
    labels: Sequence[torch.Tensor]
    test: Sequence[Any]
    test_labels: torch.Tensor
    classes: int
    epochs: Sequence[int]
    """Passes over the batches, one number per training; they are tried in turn until one is enough."""
    learning_rate: float
    cut: float
    """Share of right answers on the test examples that a right model of any style reaches by far."""


def learns(model: Model, draw: Draw, task: Task) -> None:
    """Adam on cross-entropy over the model's logits; then its answers to the test examples in eval mode
    are right in at least `task.cut` of them. The best of the trainings in `task.epochs` counts: the last
    begins from weights of ours (a clumsy initialisation is no mistake of this lesson), those before it from
    the model's own. A short one first is enough for most and saves what the long ones cost.

    The loop and the test labels are ours. Raises `grad.graph_cut` (nothing to train), `train.diverges`
    (loss not finite, or higher at the end), `output.nan`, `shape.wrong`, `dtype.wrong`, `accuracy.low`. Says
    nothing about how the model comes to its answers: what it reads is the business of earlier checks.
    """
    best = _Training(-1.0, [], torch.zeros(0))
    for turn, epochs in enumerate(task.epochs, start=1):
        start = model.drawn(draw) if turn == len(task.epochs) else model
        training = _trained(start, draw, task, epochs)
        if training.accuracy >= task.cut:
            return
        best = max(best, training, key=lambda one: one.accuracy)
    accuracy, losses = best.accuracy, best.losses
    first, last = losses[0], sum(losses[-5:]) / 5
    code = "train.diverges" if last > max(1.2 * first, first + 0.2) or last > _DIVERGED else "accuracy.low"
    facts: dict[str, Fact] = {
        "name": model.name,
        "accuracy": accuracy,
        "cut": task.cut,
        "of": len(task.test_labels),
        "chance": 1 / task.classes,
        "first": first,
        "last": last,
    }
    evidence = [curve(losses), *confusion(best.logits, task.test_labels, task.classes)]
    raise Finding(code, facts=facts, evidence=evidence, about=model.name, by_chance=True)


@dataclass(frozen=True)
class _Training:
    """What one training came to: accuracy on the test examples, loss per step, logits of the examples."""

    accuracy: float
    losses: list[float]
    logits: torch.Tensor


def _trained(model: Model, draw: Draw, task: Task, epochs: int) -> _Training:
    try:
        losses, (answer,) = model.trained(
            task.batches,
            task.labels,
            epochs=epochs,
            learning_rate=task.learning_rate,
            then=[task.test],
            seed=draw.seed("training"),
        )
    except Finding as finding:
        if _NO_GRADIENT.search(str(finding.facts.get("message", ""))):
            raise Finding("grad.graph_cut", facts=finding.facts, about=model.name) from finding
        raise
    if len(losses) != epochs * len(task.batches):
        raise Finding("reply.malformed", facts={"name": model.name, "detail": "losses"}, about=model.name)
    logits = answer.tensor()
    compared(logits, (len(task.test_labels), task.classes), model.name)
    if not torch.isfinite(logits).all():
        code = "train.diverges" if max(losses) > _DIVERGED else "output.nan"
        raise Finding(code, facts={"name": model.name}, about=model.name)
    return _Training(float((logits.argmax(-1) == task.test_labels).double().mean()), losses, logits)


def compared(scores: torch.Tensor, expected: tuple[int, int], name: str) -> None:
    """Scores (N, C) have the `expected` sizes and are real numbers. Findings: shape.wrong, dtype.wrong."""
    if tuple(scores.shape) != expected:
        shapes: dict[str, Fact] = {"expected": str(expected), "got": str(tuple(scores.shape))}
        raise Finding("shape.wrong", facts={"name": name, **shapes}, about=name)
    if not scores.is_floating_point():
        kind = str(scores.dtype).removeprefix("torch.")
        facts: dict[str, Fact] = {"name": name, "got": kind, "expected": "float32"}
        raise Finding("dtype.wrong", facts=facts, about=name)
