"""Softmax and cross-entropy written by hand: values, logits that overflow, gradients, and by hand indeed."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch.nn import functional as F

from grader.evidence import Table
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.function import Function
from grader.judge.probes import scalar
from grader.judge.probes.ce_mutants import is_cross_entropy, wrong_cross_entropies, wrong_softmaxes
from grader.judge.probes.formula import by_hand, matches
from grader.judge.probes.measure import FORMULA, rel
from grader.judge.probes.shapes import answered, explained
from grader.judge.probes.swapped import named_failure
from grader.judge.student import Handle
from grader.record import Fact

WHOLE_SOFTMAX = (
    "torch.softmax",
    "torch.Tensor.softmax",
    "torch.special.softmax",
    "torch.nn.functional.softmax",
    "torch.nn.functional.softmin",
    "torch.nn.functional.scaled_dot_product_attention",
    "torch._softmax",
    "torch.ops.aten.softmax",
    "torch.ops.aten._softmax",
    "torch.ops.aten.scaled_dot_product_attention",
)
WHOLE_CROSS_ENTROPY = (
    "torch.nn.functional.cross_entropy",
    "torch._C._nn.cross_entropy_loss",
    "torch.ops.aten.cross_entropy_loss",
)
"""What `nn.Softmax` and `nn.CrossEntropyLoss` call is among these."""

_SIZES = ((6, 4), (5, 5), (1, 3))
_AXES = ("@axis.batch", "@axis.class")
_LARGE = 1e4
_SURE = "loss.not_all_steps"
_LARGEST_GUARDED = 746.0
"""No more than -log of the smallest number above 0 in float64 can come of a guard inside a logarithm."""


def softmax_follows_formula(handle: Handle, draw: Draw) -> Finding | None:
    """`handle(logits (N, C))` is exp(logits) over its sum along each row, (N, C).

    Logits 2 N; N and C differ, are equal, and N is 1. Tolerance 1e-5, relative, also in float64, since a
    cast inside rounds. Findings: the codes of `wrong_softmaxes`, else ce.differs; shape.*, dtype.wrong,
    output.nan, input.mutated, batch.fixed_size, call.failed.
    Returns the remark ce.unstable where logits of 1e4 overflow, which the contract allows.
    """
    cases = [[draw.normal(*size, scale=2.0)] for size in _SIZES]
    function = Function(handle).settled(*cases[0])
    answers = function.run(cases)
    for (logits,), answer in zip(cases, answers, strict=True):
        right, wrong = logits.softmax(1), wrong_softmaxes(logits)
        got = answered(answer, None, function, [logits])
        matches(got, right, wrong, differs="ce.differs", name=function.name, axes=_AXES, double=False)
        answer.untouched(("logits",))
    (large,) = function.run([[_large(draw, 5, 4)]])
    value = None if large.error is not None else large.value
    if isinstance(value, torch.Tensor) and bool(torch.isfinite(value).all()):
        return None
    return Finding("ce.unstable", facts={"name": function.name, "size": _LARGE}, about=function.name)


def softmax_carries_gradients(handle: Handle, draw: Draw) -> None:
    """The gradient of softmax reaches the logits, with the value that the formula gives.

    Tolerance 1e-5, relative. Findings: ce.no_gradient, ce.gradient_wrong, call.failed. Call it once the
    values are right.
    """
    logits, cotangent = draw.normal(6, 4, scale=2.0), draw.normal(6, 4, purpose="cotangents")
    leaf = logits.clone().requires_grad_()
    (right,) = torch.autograd.grad((leaf.softmax(1) * cotangent).sum(), leaf)
    function = Function(handle).settled(logits)
    scalar.gradient(function, [logits], cotangent, right, missing="ce.no_gradient", wrong="ce.gradient_wrong")


def softmax_is_written_by_hand(handle: Handle, draw: Draw) -> None:
    """Torch's own softmax does not run inside. Finding: answer.not_by_hand."""
    logits = draw.normal(6, 4, scale=2.0)
    by_hand(Function(handle).settled(logits), [logits], WHOLE_SOFTMAX)


def cross_entropy_follows_formula(handle: Handle, draw: Draw) -> None:
    """`handle(logits (N, C), target (N,) long)` is the mean over rows of -log softmax(logits)[target].

    Logits 2 N; N and C differ, are equal, and N is 1, where the last class is no target. Tolerance 1e-5,
    relative, also in float64; wrong formulas are drawn to differ by 1e-3. Findings: the codes of
    `wrong_cross_entropies`, loss.arguments_swapped, else ce.differs; shape.wrong, batch.fixed_size,
    input.mutated, call.failed.
    """
    cases = [_batch(draw, *size) for size in _SIZES]
    function = Function(handle).settled(*cases[0])
    answers = function.run(cases)
    for inputs, answer in zip(cases, answers, strict=True):
        right = F.cross_entropy(inputs[0], inputs[1])
        if answer.error is not None:
            raise named_failure(answer, function, inputs, right)
        is_cross_entropy(scalar.number(answer.value, function.name), inputs[0], inputs[1], function.name)
        answer.untouched(("logits", "target"))


def cross_entropy_is_finite(handle: Handle, draw: Draw) -> None:
    """The loss is right, so finite, for logits of +-1e4: of both signs in a row, all large, all small,
    large and small rows in one batch.

    Tolerance 1e-5, relative; logits are sums of eighths, which float32 holds exactly. Findings:
    loss.not_all_steps (rows whose loss is exactly 0 are left out of the mean, fact `sure`), ce.epsilon (a
    small number inside the logarithm keeps the loss from growing), ce.unstable (infinite, NaN, or far off).
    Call it once the formula is right.
    """
    ordinary = draw.normal(6, 4)
    cases = [[logits, _targets(draw, logits)] for logits in _extremes(draw)]
    function = Function(handle).settled(ordinary, cases[0][1])
    answers = function.run(cases)
    rows: list[list[float | int | str]] = []
    bad: list[int] = []
    codes: list[str] = []
    for row, (inputs, answer) in enumerate(zip(cases, answers, strict=True)):
        if answer.error is not None:
            raise explained(answer, function, inputs)
        right, got = F.cross_entropy(inputs[0], inputs[1]), scalar.number(answer.value, function.name)
        rows.append([_range(inputs[0]), float(right), scalar.shown(got)])
        if rel(got, right) > FORMULA[False]:
            bad.append(row)
            guarded = bool(torch.isfinite(got)) and float(got) <= max(_LARGEST_GUARDED, float(right))
            dropped = _is_without_sure_rows(got, *inputs)
            codes.append(_SURE if dropped else "ce.epsilon" if guarded else "ce.unstable")
    if not bad:
        return
    facts: dict[str, Fact] = {
        "name": function.name,
        "expected": rows[bad[0]][1],
        "got": rows[bad[0]][2],
        "size": _LARGE,
    }
    if codes[0] == _SURE:
        facts["sure"] = "one"
    table = Table(["@column.logits", "@column.right_loss", "@column.your_loss"], rows, bad)
    raise Finding(codes[0], facts=facts, evidence=[table], about=function.name)


def cross_entropy_carries_gradients(handle: Handle, draw: Draw) -> None:
    """The gradient reaches the logits: (softmax - one-hot) / N, also where logits are +-1e4.

    It is asked of a multiple of the loss, which a backward written by hand has to heed. Tolerance 1e-5,
    relative. Findings: ce.no_gradient, ce.gradient_wrong, call.failed. Call it once the values are right.
    """
    ordinary = _batch(draw, 6, 4)
    large = _extremes(draw)[-1]
    for inputs in (ordinary, [large, _targets(draw, large)]):
        leaf = inputs[0].clone().requires_grad_()
        (right,) = torch.autograd.grad(scalar.COTANGENT * F.cross_entropy(leaf, inputs[1]), leaf)
        scalar.gradient(
            Function(handle).settled(*ordinary),
            inputs,
            torch.tensor(scalar.COTANGENT),
            right,
            missing="ce.no_gradient",
            wrong="ce.gradient_wrong",
        )


def cross_entropy_is_written_by_hand(handle: Handle, draw: Draw) -> None:
    """Torch's own cross-entropy does not run inside; softmax, log_softmax and nll_loss may.

    Finding: answer.not_by_hand. Call it once the values are right.
    """
    inputs = _batch(draw, 6, 4)
    by_hand(Function(handle).settled(*inputs), inputs, WHOLE_CROSS_ENTROPY)


def _batch(draw: Draw, rows: int, classes: int) -> list[torch.Tensor]:
    """Logits and targets on which no wrong formula comes close to the right one without being the same."""
    while True:
        logits = draw.normal(rows, classes, scale=2.0)
        # Alone in its batch, a row lacks the last class: code that counts classes by the targets fails.
        targets = draw.integers(0, classes - (rows == 1), rows, purpose="targets")
        right, wrong = F.cross_entropy(logits, targets), wrong_cross_entropies(logits, targets)
        if scalar.apart(right, wrong, or_same=True):
            return [logits, targets]


def _large(draw: Draw, rows: int, classes: int) -> torch.Tensor:
    """Logits of +-1e4, both signs in each row, give or take a few eighths."""
    signs = torch.full((rows, classes), -1.0, dtype=torch.float64)
    signs[torch.arange(rows), draw.integers(0, classes, rows, purpose="largest")] = 1.0
    return _LARGE * signs + _eighths(draw, rows, classes)


def _extremes(draw: Draw) -> Sequence[torch.Tensor]:
    rows, classes = 6, 4
    sides = torch.tensor([1.0, -1.0] * (rows // 2), dtype=torch.float64)[:, None]
    return [
        _large(draw, rows, classes),
        _LARGE + _eighths(draw, rows, classes),
        -_LARGE + _eighths(draw, rows, classes),
        _LARGE * sides + _eighths(draw, rows, classes),
    ]


def _is_without_sure_rows(got: torch.Tensor, logits: torch.Tensor, targets: torch.Tensor) -> bool:
    """Whether `got` is the mean over the rows with a loss above 0, where there are others."""
    each = F.cross_entropy(logits, targets, reduction="none")
    others = each[each > 0]
    return 0 < len(others) < len(each) and rel(got, others.mean()) <= FORMULA[False]


def _eighths(draw: Draw, rows: int, classes: int) -> torch.Tensor:
    return draw.integers(-16, 17, rows, classes, purpose="eighths").double() / 8


def _targets(draw: Draw, logits: torch.Tensor) -> torch.Tensor:
    """Right and wrong classes in turn: the largest logit's in even rows, another's in odd ones."""
    rows, classes = logits.shape
    step = draw.integers(1, classes, rows, purpose="targets") * (torch.arange(rows) % 2)
    return (logits.argmax(1) + step) % classes


def _range(logits: torch.Tensor) -> str:
    low, high = math.floor(logits.min()), math.ceil(logits.max())
    return f"{low} … {high}"
