"""Scores that a loss turns into probabilities: plain numbers, or has the model done something to them?"""

from __future__ import annotations

from typing import Any

import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.record import Fact

_DRAWS = 3
_NEAR = 1e-5
_CUT = 0.25
"""Share of exact zeros: an activation leaves half of the scores at 0. Scores less the smallest of their row
have one in each row, of six at least."""


def returns_logits(model: Model, draw: Draw, *inputs: Any) -> None:
    """What `model` answers in training mode is no softmax: with three draws of weights, not every row (along
    the last axis) holds numbers between 0 and 1 that sum to 1.

    Choose inputs without padding: what stands there is anything. Tolerance 1e-5 in either precision; scores
    are that near by no chance in all rows. Finding: loss.softmax_before_cross_entropy.
    Limits: log-probabilities pass, since cross-entropy leaves them as they are; so do a sigmoid, a softmax
    along another axis, and one that is taken at evaluation only.
    """
    rows = 0
    for _ in range(_DRAWS):
        lab = model.drawn(draw).settled(*inputs)
        answer = lab.run([inputs], mode="train")[0].tensor().detach().double()
        sums = answer.sum(-1)
        inside = bool(((answer >= -_NEAR) & (answer <= 1 + _NEAR)).all())
        if not inside or bool(((sums - 1).abs() > _NEAR).any()):
            return
        rows += sums.numel()
    facts: dict[str, Fact] = {"name": model.name, "returned": "probabilities", "rows": rows}
    raise Finding("loss.softmax_before_cross_entropy", facts=facts, about=model.name)


def goes_below_zero(model: Model, draw: Draw, *inputs: Any) -> None:
    """Of what `model` answers with three draws of weights, something is below 0; or nothing is exactly 0.

    A ReLU behind the last layer leaves no number below 0 and exact zeros in place of them, a quarter of all
    at least: by chance nothing does. Finding: output.cut_at_zero. Limits: softplus, a sigmoid and a softmax
    have no zeros, and pass.
    """
    answers = []
    for _ in range(_DRAWS):
        lab = model.drawn(draw).settled(*inputs)
        answer = lab.run([inputs])[0].tensor().detach().double()
        if bool((answer < 0).any()):
            return
        answers.append(answer.flatten())
    zeros = torch.cat(answers) == 0
    if zeros.double().mean() < _CUT:
        return
    facts: dict[str, Fact] = {"name": model.name, "zeros": int(zeros.sum()), "of": zeros.numel()}
    raise Finding("output.cut_at_zero", facts=facts, about=model.name)
