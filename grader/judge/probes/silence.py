"""Answers that are cut off at 0: at some weights a model says 0 to everything, and cannot learn more."""

from __future__ import annotations

from typing import Any

import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.record import Fact

_DRAWS, _FIRST = 32, 4
_SILENT = 3
"""Draws with nothing but zeros. A ReLU on the answer gives some 13 of 32, and less than 3 once in 10,000
times. A model that can fall below 0 does so at one of 32 draws, but for a chance of 2^-32, and mostly at one
of the first four: the others are not asked for then."""


def never_falls_silent(model: Model, draw: Draw, *inputs: Any) -> None:
    """`model`'s answers to `inputs` are not cut off at 0. Finding: output.cut_at_zero."""
    silent = silent_draws(model, draw, *inputs)
    if silent:
        facts: dict[str, Fact] = {"name": model.name, "cut": "answer", "silent": silent, "draws": _DRAWS}
        raise Finding("output.cut_at_zero", facts=facts, about=model.name)


def silent_draws(model: Model, draw: Draw, *inputs: Any) -> int:
    """At how many of 32 draws of weights all answers are exactly 0, where none is ever below 0 and some are
    above: as after a ReLU or a clamp. 0 where that is not so, and where there are less than three.

    A sigmoid, a softplus, a ReLU before the last layer: none of them gives both. Raises what the call raises.
    """
    answers: list[torch.Tensor] = []
    for count in (_FIRST, _DRAWS - _FIRST):
        lab = model.drawn(draw).settled(*inputs)
        others = [model.drawn(draw).weights or {} for _ in range(count - 1)]
        answers += [answer.tensor() for answer in lab.run([inputs], fresh=False, variants=others)]
        if any(bool((answer < 0).any()) or not torch.isfinite(answer).all() for answer in answers):
            return 0
    silent = sum(not answer.any() for answer in answers)
    return silent if _SILENT <= silent < _DRAWS else 0
