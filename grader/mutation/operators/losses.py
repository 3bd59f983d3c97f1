"""Losses: their arguments, softmax too much or too little, which positions they count."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.free_training import only_scales
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    CLASS_LOSSES,
    adds,
    bracketed,
    call_of,
    called,
    keyword,
    loss_kind,
    positional,
    receiver,
    replacing,
    text,
    without,
    written,
)

_NO_LEARNING = ("train.too_slow", "train.diverges", "accuracy.low", "baseline.not_beaten")


def scored(call: cst.Call, code: Code) -> tuple[str, list[cst.Arg]]:
    """The kind of a loss and its arguments; "" where it is none, or takes fewer than two."""
    args = positional(call)
    if len(args) < 2:
        return "", args
    return loss_kind(call, code.function(call) or code.module), args


@operator(
    cst.Call, group="loss", probes="losses", names=("loss.arguments_swapped", "call.failed", "dtype.wrong")
)
def loss_arguments_swapped(call: cst.Call, code: Code) -> Made:
    """The target first."""
    kind, args = scored(call, code)
    if kind in CLASS_LOSSES:
        rest = [written(arg) for arg in call.args if arg not in args[:2]]
        yield call_of(call, [written(args[1]), written(args[0]), *rest])


@operator(
    cst.Call,
    group="loss",
    probes="losses",
    names=(
        "loss.softmax_before_cross_entropy",
        "ce.softmax_twice",
        "loss.differs",
        "loss.nll_on_probabilities",
    ),
)
def softmax_before_the_loss(call: cst.Call, code: Code) -> Made:
    """Probabilities go into a loss that takes the softmax itself."""
    kind, args = scored(call, code)
    if kind == "cross_entropy":
        scores = args[0].value
        moved = called(scores) in ("transpose", "permute", "movedim", "swapaxes")
        yield replacing(call, args[0], f"{bracketed(scores)}.softmax({1 if moved else -1})")


@operator(
    cst.Call, group="loss", probes="losses", names=("output.nan", "loss.*", "ce.*", *_NO_LEARNING, *PLAIN)
)
def log_twice(call: cst.Call, code: Code) -> Made:
    """A logarithm of what is a logarithm already."""
    kind, args = scored(call, code)
    if kind == "nll_loss":
        yield replacing(call, args[0], f"{bracketed(args[0].value)}.log()")


@operator(
    cst.Call, group="loss", probes="losses", names=("loss.nll_on_logits", "loss.differs", *_NO_LEARNING)
)
def nll_on_logits(call: cst.Call, code: Code) -> Made:
    """The negative log-likelihood of scores that are no log-probabilities."""
    if called(call) == "cross_entropy" and receiver(call) is not None:
        arg = keyword(call, "label_smoothing")
        said = without(call, arg) if arg else text(call)
        yield said.replace("cross_entropy(", "nll_loss(", 1)
    if called(call) == "CrossEntropyLoss":
        yield text(call).replace("CrossEntropyLoss(", "NLLLoss(", 1)


@operator(
    cst.Call,
    cst.Attribute,
    group="loss",
    probes="losses",
    names=(
        "loss.nll_on_probabilities",
        "loss.softmax_before_cross_entropy",
        "loss.differs",
        "ce.*",
        *_NO_LEARNING,
        "call.failed",
    ),
)
def log_missing(node: cst.Call | cst.Attribute, code: Code) -> Made:
    """A softmax where its logarithm belongs."""
    if isinstance(node, cst.Call):
        for long, short in (("log_softmax", "softmax"), ("LogSoftmax", "Softmax")):
            if called(node) == long:
                yield text(node).replace(long, short, 1) if receiver(node) is None else _renamed(node, short)


def _renamed(call: cst.Call, name: str) -> str:
    held = receiver(call)
    return f"{text(held)}.{name}({', '.join(map(written, call.args))})" if held is not None else text(call)


@operator(
    cst.Call, group="loss", probes="losses", names=("loss.mse_for_classes", "loss.differs", *_NO_LEARNING)
)
def squared_error_of_classes(call: cst.Call, code: Code) -> Made:
    """The squared error between scores and one-hot targets."""
    kind, args = scored(call, code)
    if kind == "cross_entropy" and called(args[0].value) not in ("transpose", "permute", "movedim"):
        scores, target = text(args[0].value), text(args[1].value)
        hot = f"torch.nn.functional.one_hot({target}, {scores}.size(-1)).to({scores}.dtype)"
        yield f"(({scores} - {hot}) ** 2).mean()"


@operator(cst.Call, group="loss", probes="losses")
def mean_and_sum_exchanged(call: cst.Call, code: Code) -> Made:
    """A sum for a mean, a mean for a sum."""
    other = {"mean": "sum", "sum": "mean"}
    held = receiver(call)
    if called(call) in other and held is not None:
        free = None if adds(code.parent(call)) else _only_scales(call, code)
        yield Edit((code.instead(call, _renamed(call, other[called(call)])),), None, free)
    arg = keyword(call, "reduction")
    if arg:
        for said in ("mean", "sum", "none"):
            if text(arg.value).strip("\"'") != said:
                free = _only_scales(call, code) if said != "none" else None
                yield Edit((code.instead(call, replacing(call, arg, f'"{said}"')),), None, free)
    elif held is not None and called(call) in (
        *CLASS_LOSSES,
        "CrossEntropyLoss",
        "NLLLoss",
        "MSELoss",
        "mse_loss",
    ):
        names = (
            "loss.sum_not_mean",
            "loss.differs",
            "ce.sum_not_mean",
            "train.*",
            "accuracy.low",
            "baseline.not_beaten",
        )
        said = f'{text(call)[:-1].rstrip(", ")}{", " if call.args else ""}reduction="sum")'
        yield Edit((code.instead(call, said),), names, _only_scales(call, code))


@operator(
    cst.Call,
    group="loss",
    probes="losses",
    names=("ce.*", "loss.*", "output.nan", "lstm.differs", "call.failed", *_NO_LEARNING),
)
def exponential_changed(call: cst.Call, code: Code) -> Made:
    """An exponential or a logarithm left out, or to the base of 2."""
    held = receiver(call)
    if called(call) not in ("exp", "log") or held is None:
        return
    inner = call.args[0].value if text(held) == "torch" and call.args else held
    if text(inner) not in ("torch", "np", "math"):
        yield bracketed(inner)
        yield f"torch.{called(call)}2({text(inner)})"


def _only_scales(call: cst.Call, code: Code) -> str | None:
    """In a training whose optimiser divides by the size of the gradients, a sum is as right as a mean."""
    return "loss_scale" if only_scales(call, code) else None


@operator(
    cst.Call,
    group="loss",
    probes="reach",
    names=(
        "grad.graph_cut",
        "train.no_backward",
        "train.params_without_gradient",
        "call.failed",
        "train.lr_zero",
        "train.no_step",
    ),
)
def graph_cut_before_the_loss(call: cst.Call, code: Code) -> Made:
    """The scores are detached before they are scored."""
    kind, args = scored(call, code)
    if kind:
        yield replacing(call, args[0], f"{bracketed(args[0].value)}.detach()")


OPERATORS = (
    loss_arguments_swapped,
    softmax_before_the_loss,
    log_twice,
    nll_on_logits,
    log_missing,
    squared_error_of_classes,
    mean_and_sum_exchanged,
    exponential_changed,
    graph_cut_before_the_loss,
)
