"""Losses: their arguments, softmax too much or too little, which positions they count."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    CLASS_LOSSES, call_of, called, calls, keyword, loss_kind, names_in, parameters, positional, receiver, replacing, text,
    without, written,
)  # fmt: skip

_NO_LEARNING = ("train.too_slow", "train.diverges", "accuracy.low", "baseline.not_beaten")


def _loss(call: cst.Call, code: Code) -> tuple[str, list[cst.Arg]]:
    """The kind of a loss and its arguments; "" where it is none, or takes fewer than two."""
    args = positional(call)
    if len(args) < 2:
        return "", args
    return loss_kind(call, code.function(call) or code.module), args


@operator(cst.Call, group="loss", probes="losses", names=("loss.arguments_swapped", "call.failed", "dtype.wrong"))
def loss_arguments_swapped(call: cst.Call, code: Code) -> Made:
    """The target first."""
    kind, args = _loss(call, code)
    if kind in CLASS_LOSSES:
        rest = [written(arg) for arg in call.args if arg not in args[:2]]
        yield call_of(call, [written(args[1]), written(args[0]), *rest])


@operator(
    cst.Call, group="loss", probes="losses",
    names=("loss.softmax_before_cross_entropy", "loss.softmax_twice", "ce.softmax_twice", "loss.differs", "loss.nll_on_probabilities"),
)  # fmt: skip
def softmax_before_the_loss(call: cst.Call, code: Code) -> Made:
    """Probabilities go into a loss that takes the softmax itself."""
    kind, args = _loss(call, code)
    if kind == "cross_entropy":
        scores = args[0].value
        moved = called(scores) in ("transpose", "permute", "movedim", "swapaxes")
        yield replacing(call, args[0], f"{_held(scores)}.softmax({1 if moved else -1})")


@operator(cst.Call, group="loss", probes="losses", names=("output.nan", "loss.*", "ce.*", *_NO_LEARNING, *PLAIN))
def log_twice(call: cst.Call, code: Code) -> Made:
    """A logarithm of what is a logarithm already."""
    kind, args = _loss(call, code)
    if kind == "nll_loss":
        yield replacing(call, args[0], f"{_held(args[0].value)}.log()")


@operator(cst.Call, group="loss", probes="losses", names=("loss.nll_on_logits", "loss.differs", *_NO_LEARNING))
def nll_on_logits(call: cst.Call, code: Code) -> Made:
    """The negative log-likelihood of scores that are no log-probabilities."""
    if called(call) == "cross_entropy" and receiver(call) is not None:
        arg = keyword(call, "label_smoothing")
        said = without(call, arg) if arg else text(call)
        yield said.replace("cross_entropy(", "nll_loss(", 1)
    if called(call) == "CrossEntropyLoss":
        yield text(call).replace("CrossEntropyLoss(", "NLLLoss(", 1)


@operator(
    cst.Call, cst.Attribute, group="loss", probes="losses",
    names=("loss.nll_on_probabilities", "loss.softmax_before_cross_entropy", "loss.differs", "ce.*", *_NO_LEARNING, "call.failed"),
)  # fmt: skip
def log_missing(node: cst.Call | cst.Attribute, code: Code) -> Made:
    """A softmax where its logarithm belongs."""
    if isinstance(node, cst.Call):
        for long, short in (("log_softmax", "softmax"), ("LogSoftmax", "Softmax")):
            if called(node) == long:
                yield text(node).replace(long, short, 1) if receiver(node) is None else _renamed(node, short)


def _renamed(call: cst.Call, name: str) -> str:
    held = receiver(call)
    return f"{text(held)}.{name}({', '.join(map(written, call.args))})" if held is not None else text(call)


@operator(cst.Call, group="loss", probes="losses", names=("loss.mse_for_classes", "loss.differs", *_NO_LEARNING))
def squared_error_of_classes(call: cst.Call, code: Code) -> Made:
    """The squared error between scores and one-hot targets."""
    kind, args = _loss(call, code)
    if kind == "cross_entropy" and called(args[0].value) not in ("transpose", "permute", "movedim"):
        scores, target = text(args[0].value), text(args[1].value)
        hot = f"torch.nn.functional.one_hot({target}, {scores}.size(-1)).to({scores}.dtype)"
        yield f"(({scores} - {hot}) ** 2).mean()"


@operator(
    cst.Call, group="loss", probes="pairing",
    names=("loss.wrong_pairs", "train.target_not_shifted", "train.target_shifted_wrong_way", "loss.differs", *_NO_LEARNING,
           "seq2seq.loss_targets_wrong", "call.failed", "train.data_not_used"),
)  # fmt: skip
def targets_of_the_neighbour(call: cst.Call, code: Code) -> Made:
    """Each prediction meets the target of the one beside it."""
    kind, args = _loss(call, code)
    if kind and code.loop(call) is not None or kind and "closure" in (_function_name(call, code)):
        target = args[1].value
        yield replacing(call, args[1], f"{_held(target)}.roll(1, 0)")


def _function_name(call: cst.Call, code: Code) -> str:
    function = code.function(call)
    return function.name.value if function is not None else ""


@operator(
    cst.Call, group="loss", probes="pairing",
    names=("train.target_not_shifted", "seq2seq.loss_against_input", "seq2seq.loss_targets_wrong", "loss.wrong_pairs",
           "loss.differs", "dtype.wrong", "call.failed", *_NO_LEARNING),
)  # fmt: skip
def loss_against_the_input(call: cst.Call, code: Code) -> Made:
    """The target of the loss is what went in."""
    kind, args = _loss(call, code)
    function = code.function(call)
    names = parameters(function)
    if not kind or function is None:
        return
    if function.name.value in ("train", "fit") and "X" in names and "Y" in names and "Y" in names_in(args[1].value):
        yield replacing(call, args[1], text(args[1].value).replace("Y", "X"))
    fed = [one for one in ("decoder_input", "word", "inp") if one in _names_before(call, code)]
    if fed and names_in(args[1].value) & {"target", "answer", "trg"}:
        yield replacing(call, args[1], f"torch.as_tensor({fed[0]}).view(-1)")


def _names_before(call: cst.Call, code: Code) -> set[str]:
    loop = code.loop(call)
    return names_in(loop.body) if loop is not None else set()


@operator(cst.Call, group="loss", probes="pairing", names=("loss.not_all_steps", "loss.wrong_pairs", "loss.differs", "call.failed"))
def loss_of_some_steps(call: cst.Call, code: Code) -> Made:
    """Of a text only the last step is scored, or all but the first."""
    kind, args = _loss(call, code)
    if kind not in CLASS_LOSSES:
        return
    scores, target = _flattened(args[0].value), _flattened(args[1].value)
    if scores and target:
        rest = [written(arg) for arg in call.args if arg not in args[:2]]
        yield call_of(call, [f"{scores}[:, -1]", f"{target}[:, -1]", *rest])
        moved, wanted = f"{scores}[:, 1:].flatten(0, 1)", f"{target}[:, 1:].flatten()"
        yield call_of(call, [moved, wanted, *rest])


@operator(cst.Call, group="loss", probes="pairing", names=("loss.wrong_pairs", "loss.differs", "call.failed", "batch.*"))
def class_axis_last(call: cst.Call, code: Code) -> Made:
    """Scores (B, T, C) as they are: the second axis is taken for the classes."""
    kind, args = _loss(call, code)
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


@operator(cst.Call, group="loss", probes="losses")
def mean_and_sum_exchanged(call: cst.Call, code: Code) -> Made:
    """A sum for a mean, a mean for a sum."""
    other = {"mean": "sum", "sum": "mean"}
    held = receiver(call)
    if called(call) in other and held is not None:
        yield _renamed(call, other[called(call)])
    arg = keyword(call, "reduction")
    if arg:
        for said in ("mean", "sum", "none"):
            if text(arg.value).strip("\"'") != said:
                yield replacing(call, arg, f'"{said}"')
    elif called(call) in (*CLASS_LOSSES, "CrossEntropyLoss", "NLLLoss", "MSELoss", "mse_loss"):
        names = ("loss.sum_not_mean", "loss.differs", "ce.sum_not_mean", "train.*", "accuracy.low", "baseline.not_beaten")
        said = f"{text(call)[:-1].rstrip(', ')}{', ' if call.args else ''}reduction=\"sum\")"
        yield Edit((code.instead(call, said),), names, _only_scales(call, code))


def _only_scales(call: cst.Call, code: Code) -> str | None:
    """In a training whose optimiser divides by the size of the gradients, a sum is as right as a mean."""
    function = code.function(call)
    scale_free = ("Adam", "AdamW", "NAdam", "RAdam", "Adamax", "RMSprop")
    part = code.part(call)
    if function is None or part is None or not set(part.about) <= {"train", "fit"}:
        return None
    return "loss_scale" if calls(function, *scale_free) else None


@operator(cst.Call, group="loss", probes="losses", names=("loss.broadcast", "loss.differs", "shape.wrong", *_NO_LEARNING))
def row_against_column(call: cst.Call, code: Code) -> Made:
    """Predictions (N, 1) against targets (N,): each is compared with all."""
    kind, args = _loss(call, code)
    if kind in ("mse_loss", "smooth_l1_loss", "l1_loss", "huber_loss"):
        yield replacing(call, args[1], f"{_held(args[1].value)}.flatten()")


@operator(cst.Call, group="loss", probes="reach", names=("grad.graph_cut", "train.no_backward", "train.params_without_gradient", "call.failed", "train.lr_zero", "train.no_step"))
def graph_cut_before_the_loss(call: cst.Call, code: Code) -> Made:
    """The scores are detached before they are scored."""
    kind, args = _loss(call, code)
    if kind:
        yield replacing(call, args[0], f"{_held(args[0].value)}.detach()")


def _held(value: cst.BaseExpression) -> str:
    """The text, in brackets where a method could not be called on it."""
    said = text(value)
    plain = isinstance(value, cst.Name | cst.Call | cst.Attribute | cst.Subscript)
    return said if plain or said.startswith("(") else f"({said})"


OPERATORS = (
    loss_arguments_swapped, softmax_before_the_loss, log_twice, nll_on_logits, log_missing,
    squared_error_of_classes, targets_of_the_neighbour, loss_against_the_input, loss_of_some_steps,
    class_axis_last, mean_and_sum_exchanged, row_against_column, graph_cut_before_the_loss,
)  # fmt: skip
