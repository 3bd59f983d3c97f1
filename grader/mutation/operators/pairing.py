"""Pairs: which prediction meets which target, and which of them are scored at all."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.operator import Made, operator
from grader.mutation.operators.losses import scored
from grader.mutation.syntax import (
    CLASS_LOSSES,
    bracketed,
    call_of,
    called,
    names_in,
    parameters,
    receiver,
    replacing,
    text,
    written,
)

_NO_LEARNING = ("train.too_slow", "train.diverges", "accuracy.low", "baseline.not_beaten")


@operator(
    cst.Call,
    group="loss",
    probes="pairing",
    names=(
        "loss.wrong_pairs",
        "train.target_not_shifted",
        "train.target_shifted_wrong_way",
        "loss.differs",
        *_NO_LEARNING,
        "seq2seq.loss_targets_wrong",
        "call.failed",
        "train.data_not_used",
    ),
)
def targets_of_the_neighbour(call: cst.Call, code: Code) -> Made:
    """Each prediction meets the target of the one beside it."""
    kind, args = scored(call, code)
    if (kind and code.loop(call) is not None) or (kind and "closure" in (_function_name(call, code))):
        target = args[1].value
        yield replacing(call, args[1], f"{bracketed(target)}.roll(1, 0)")


def _function_name(call: cst.Call, code: Code) -> str:
    function = code.function(call)
    return function.name.value if function is not None else ""


@operator(
    cst.Call,
    group="loss",
    probes="pairing",
    names=(
        "train.target_not_shifted",
        "seq2seq.loss_against_input",
        "seq2seq.loss_targets_wrong",
        "loss.wrong_pairs",
        "loss.differs",
        "dtype.wrong",
        "call.failed",
        *_NO_LEARNING,
    ),
)
def loss_against_the_input(call: cst.Call, code: Code) -> Made:
    """The target of the loss is what went in."""
    kind, args = scored(call, code)
    function = code.function(call)
    names = parameters(function)
    if not kind or function is None:
        return
    if (
        function.name.value in ("train", "fit")
        and "X" in names
        and "Y" in names
        and "Y" in names_in(args[1].value)
    ):
        yield replacing(call, args[1], text(args[1].value).replace("Y", "X"))
    fed = [one for one in ("decoder_input", "word", "inp") if one in _names_before(call, code)]
    if fed and names_in(args[1].value) & {"target", "answer", "trg"}:
        yield replacing(call, args[1], f"torch.as_tensor({fed[0]}).view(-1)")


def _names_before(call: cst.Call, code: Code) -> set[str]:
    loop = code.loop(call)
    return names_in(loop.body) if loop is not None else set()


@operator(
    cst.Call,
    group="loss",
    probes="pairing",
    names=("loss.not_all_steps", "loss.wrong_pairs", "loss.differs", "call.failed"),
)
def loss_of_some_steps(call: cst.Call, code: Code) -> Made:
    """Of a text only the last step is scored, or all but the first."""
    kind, args = scored(call, code)
    if kind not in CLASS_LOSSES:
        return
    scores, target = _flattened(args[0].value), _flattened(args[1].value)
    if scores and target:
        rest = [written(arg) for arg in call.args if arg not in args[:2]]
        yield call_of(call, [f"{scores}[:, -1]", f"{target}[:, -1]", *rest])
        moved, wanted = f"{scores}[:, 1:].flatten(0, 1)", f"{target}[:, 1:].flatten()"
        yield call_of(call, [moved, wanted, *rest])


@operator(
    cst.Call,
    group="loss",
    probes="pairing",
    names=("loss.wrong_pairs", "loss.flatten_mismatch", "loss.differs", "call.failed", "batch.*"),
)
def class_axis_last(call: cst.Call, code: Code) -> Made:
    """Scores (B, T, C) as they are: the second axis is taken for the classes."""
    kind, args = scored(call, code)
    if kind not in CLASS_LOSSES:
        return
    scores, target = _flattened(args[0].value), _flattened(args[1].value)
    if scores and target:
        rest = [written(arg) for arg in call.args if arg not in args[:2]]
        yield call_of(call, [scores, target, *rest])
        yield call_of(call, [f"{scores}.reshape({target}.size(0), -1, {target}.size(1))", target, *rest])


def _flattened(value: cst.BaseExpression) -> str:
    """What `value` is a flattening of."""
    if isinstance(value, cst.Call) and called(value) in ("reshape", "view", "flatten"):
        held = receiver(value)
        if called(held) == "contiguous" and isinstance(held, cst.Call):
            held = receiver(held)
        return text(held) if held is not None else ""
    return ""


@operator(
    cst.Call,
    group="loss",
    probes="losses",
    names=("loss.broadcast", "loss.differs", "shape.wrong", *_NO_LEARNING),
)
def row_against_column(call: cst.Call, code: Code) -> Made:
    """Predictions (N, 1) against targets (N,): each is compared with all."""
    kind, args = scored(call, code)
    if kind in ("mse_loss", "smooth_l1_loss", "l1_loss", "huber_loss"):
        yield replacing(call, args[1], f"{bracketed(args[1].value)}.flatten()")


OPERATORS = (
    targets_of_the_neighbour,
    loss_against_the_input,
    loss_of_some_steps,
    class_axis_last,
    row_against_column,
)
