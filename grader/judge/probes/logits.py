"""Scores that a loss turns into probabilities: plain numbers, or has the model done something to them?"""

from __future__ import annotations

from dataclasses import replace
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
_LARGE = 1e3
"""Times the usual weights. Behind a Linear of those 99 of 100 scores are larger than 10, and a sigmoid of 10
is next to 1."""
_AT_THE_END = 1e-3
_MOST = 0.75
"""Share of scores at either end. A row that is stretched to 0..1 has two of six and more."""


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


def goes_beyond_one(model: Model, draw: Draw, *inputs: Any) -> None:
    """Of what `model` answers under large weights, a thousand times as large as usual, something lies outside
    -1..1; or not most of it lies at the ends of 0..1 or of -1..1.

    A sigmoid or a tanh behind the last layer brings all scores of three draws to these ends, three quarters
    to 1e-3 at least and some to either one. Finding: output.squashed. Limits: scores that are bounded and
    reach no end (cosines, rows of length 1) pass, and so do other bounds (2 * tanh, 30 * tanh(z / 30)), a
    softmax, which `returns_logits` tells, and a layer of norms without weights between the last layer and
    the sigmoid. Not for lessons in which the output of a recurrent layer may be the scores.
    """
    answers, rows = [], []
    for _ in range(_DRAWS):
        lab = model.drawn(draw).settled(*inputs)
        weights = {name: _LARGE * value for name, value in (lab.weights or {}).items()}
        answer = replace(lab, weights=weights).run([inputs])[0].tensor().detach().double()
        # What is no number says nothing of where the others end.
        if not torch.isfinite(answer).all() or bool((answer.abs() > 1 + _NEAR).any()):
            return
        answers.append(answer.flatten())
        rows.append(answer.sum(-1).flatten())
    scores = torch.cat(answers)
    low = 0 if bool((scores >= -_NEAR).all()) else -1
    below, above = (scores - low).abs() < _AT_THE_END, (scores - 1).abs() < _AT_THE_END
    share = (below | above).double().mean()
    softmax = not low and bool(((torch.cat(rows) - 1).abs() < _NEAR).all())
    if share < _MOST or softmax or not (below.any() and above.any()):
        return
    facts: dict[str, Fact] = {"name": model.name, "low": low, "of": scores.numel()}
    facts |= {"at_low": int(below.sum()), "at_high": int(above.sum())}
    raise Finding("output.squashed", facts=facts, about=model.name)
