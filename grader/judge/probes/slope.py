"""Whether the gradient of a model's answer foretells how the answer moves when its weights do."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.shapes import shape_text
from grader.record import Fact

_STEP = {True: 1e-6, False: 2e-3}
_TOLERANCE = {True: 1e-5, False: 2e-3}
"""Both by whether the model computes in float64. Right models of three lessons were off by at most 2e-9 and
4e-5 (1e-3 where a step went over a kink); states detached at every step by 0.001 to 0.3."""
_ROUNDING = {True: 2 * 2.0**-52, False: 2 * 2.0**-23}
"""Of the sum of the answer, which may move by as much without any weight's doing."""
_DRAWS, _ENOUGH = 5, 2


def foretells(model: Model, draw: Draw, *inputs: Any, scores: bool = False) -> None:
    """The gradient of the answer to `inputs` is the slope of the answer, measured by two small steps.

    scores: the last axis holds the scores of classes, which go into a cross-entropy. That sees their
    differences alone, and so does this: `scores - scores.amax(-1, keepdim=True).detach()` is right then.

    In evaluation mode, under weights of ours. All weights that may learn move at once, each by a random
    direction of about length 1; the answer, summed with random factors, moves by the sum of gradient times
    direction. Tolerance 1e-5 (float32: 2e-3) of the size that this sum has in the mean over directions, and
    what rounding makes of scores that are all alike. Two of five draws have to agree: a right one may step
    over the kink of a ReLU, a wrong one agree by chance.
    A gradient that is not finite foretells nothing. Raises grad.graph_cut; shape.wrong where the shape of
    the answer changes with the weights. Says nothing where the answer itself is not finite.
    """
    agreed = 0
    for _ in range(_DRAWS):
        moved, foretold, size, rounding = _measured(model, draw, inputs, scores)
        if not math.isfinite(moved):
            return
        tolerance = _TOLERANCE[model.double] * max(size, abs(moved)) + rounding
        agreed += math.isfinite(foretold + size) and abs(moved - foretold) <= tolerance
        if agreed == _ENOUGH:
            return
    facts: dict[str, Fact] = {"name": model.name, "moved": _shown(moved), "foretold": _shown(foretold)}
    raise Finding("grad.graph_cut", facts=facts, about=model.name)


def _measured(
    model: Model, draw: Draw, inputs: Sequence[Any], scores: bool
) -> tuple[float, float, float, float]:
    """The slope by steps, the slope by the gradient, the size of slopes in the mean over directions, and how
    far off rounding alone may bring the first."""
    drawn = model.drawn(draw)
    weights = drawn.weights or {}
    learning = {entry.name for entry in drawn.describe().entries if not entry.buffer and entry.trainable}
    ways = {
        name: draw.normal(*value.shape, purpose="direction") / math.sqrt(value.numel())
        for name, value in weights.items()
        if name in learning
    }
    (answer,) = drawn.run([inputs], quiet=False)
    factors = draw.normal(*answer.tensor().shape, purpose="cotangent")
    if scores and factors.dim():
        factors = factors - factors.mean(-1, keepdim=True)
    found = drawn.gradients(*inputs, cotangents=[factors], mode="eval").parameters
    pairs = [(gradient.double(), ways[name]) for name in ways if (gradient := found.get(name)) is not None]
    foretold = sum(float((gradient * way).sum()) for gradient, way in pairs)
    size = math.sqrt(sum(float(gradient.square().mean()) for gradient, _ in pairs))
    step = _STEP[model.double]
    sides = [
        replace(
            drawn, weights={name: value + sign * step * ways.get(name, 0) for name, value in weights.items()}
        )
        for sign in (1, -1)
    ]
    after, before = (_sum(side, inputs, factors) for side in sides)
    terms = float((answer.tensor().double() * factors).abs().sum())
    return (after - before) / (2 * step), foretold, size, _ROUNDING[model.double] * terms / step


def _sum(model: Model, inputs: Sequence[Any], factors: torch.Tensor) -> float:
    (answer,) = model.run([inputs], quiet=False)
    got = answer.tensor()
    if got.shape != factors.shape:
        facts: dict[str, Fact] = {"expected": shape_text(factors), "got": shape_text(got)}
        raise Finding("shape.wrong", facts={"name": model.name, **facts}, about=model.name)
    return float((got.double() * factors).sum())


def _shown(number: float) -> float:
    return float(f"{number:.3g}")
