"""Axes: batch first or time first, transposing and viewing, along which dimension something is done."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    LAYERS,
    called,
    calls,
    keyword,
    loss_kind,
    positional,
    receiver,
    replacing,
    text,
    whole,
    without,
    written,
)

_READS_ALONG = ("axis.batch_time_swapped", "batch.fixed_size", "batch.mixed", "shape.axes_swapped")
_TURNS = ("transpose", "swapaxes", "permute", "movedim", "moveaxis", "t")
_ONE_STEP = ("model.dead_parameters", "recurrence.none")
"""What becomes of a network that is given its words one by one: each letter is a word of its own."""


@operator(cst.Call, group="axes", probes="axes", names=(*_READS_ALONG, *_ONE_STEP, *PLAIN))
def batch_first_dropped(call: cst.Call, code: Code) -> Made:
    """`batch_first=True` left out."""
    arg = keyword(call, "batch_first")
    if arg and text(arg.value) == "True":
        yield without(call, arg)


@operator(cst.Call, group="axes", probes="axes", names=(*_READS_ALONG, *PLAIN))
def batch_first_added(call: cst.Call, code: Code) -> Made:
    """`batch_first=True` where time comes first."""
    packs = ("pack_padded_sequence", "pad_packed_sequence", "pad_sequence")
    if called(call) in (*LAYERS, *packs) and not keyword(call, "batch_first") and call.args:
        takes = 1 if called(call) != "pack_padded_sequence" else 2
        if called(call) in LAYERS or len(positional(call)) <= takes:
            yield f"{text(call)[:-1].rstrip().rstrip(',')}, batch_first=True)"


@operator(
    cst.Call,
    cst.Attribute,
    group="axes",
    probes="axes",
    names=(
        "axis.*",
        "shape.*",
        "batch.*",
        "loss.wrong_pairs",
        "loss.flatten_mismatch",
        "loss.not_all_steps",
        "rnn.whh_not_transposed",
        "rnn.differs",
        "lstm.differs",
        "encode.wrong",
        "causal.*",
        *PLAIN,
    ),
)
def transpose_dropped(node: cst.Call | cst.Attribute, code: Code) -> Made:
    """`x.transpose(0, 1)` or `x.T` becomes `x`."""
    if isinstance(node, cst.Attribute):
        if node.attr.value in ("T", "mT"):
            yield text(node.value)
    elif called(node) in _TURNS and (held := _turned(node)):
        free = "feature_order" if _orders_features(node, code) else None
        yield Edit((code.instead(node, held),), None, free)


def _orders_features(turn: cst.Call, code: Code) -> bool:
    """Whether the axes behind the images change places only to be flattened: `x.permute(0, 2, 3, 1)` of a
    network whose Linear layer is its own."""
    part, above = code.part(turn), code.parent(turn)
    inside = part is not None and set(part.about) == {"CNN"} and called(turn) == "permute"
    keeps_images = bool(turn.args) and whole(turn.args[0].value) == 0
    flat = isinstance(above, cst.Attribute) and above.attr.value in ("reshape", "flatten")
    return inside and keeps_images and flat


@operator(
    cst.Call,
    group="axes",
    probes="axes",
    names=(
        "axis.view_instead_of_transpose",
        "batch.mixed",
        "loss.flatten_mismatch",
        "loss.wrong_pairs",
        "encode.wrong",
        "causal.sees_future",
        "rnn.differs",
        *PLAIN,
        "rnn.whh_not_transposed",
        "shape.*",
    ),
)
def view_for_transpose(call: cst.Call, code: Code) -> Made:
    """The right shape by a view: the numbers stay in their old order."""
    if called(call) in _TURNS and called(call) != "t" and (held := _turned(call)):
        free = "feature_order" if _orders_features(call, code) else None
        yield Edit((code.instead(call, f"{held}.reshape({text(call)}.shape)"),), None, free)


def _turned(call: cst.Call) -> str:
    """The tensor that is transposed."""
    held = receiver(call)
    if held is None or text(held) in ("np", "numpy"):
        return ""
    if text(held) == "torch":
        return text(call.args[0].value) if call.args else ""
    return text(held)


@operator(
    cst.Call,
    group="axes",
    probes="axes",
    names=("axis.view_instead_of_transpose", "axis.batch_time_swapped", "batch.mixed", "causal.*", *PLAIN),
)
def batch_and_time_viewed(call: cst.Call, code: Code) -> Made:
    """A layer is given what a view has made of the batch: rows hold steps of several texts."""
    layer = _owner(call, code)
    function = code.function(call)
    if layer and function is not None and function.name.value == "forward" and len(call.args) == 1:
        held = text(call.args[0].value)
        if isinstance(call.args[0].value, cst.Name) and not calls(function, "pack_padded_sequence"):
            yield f"{text(call.func)}({held}.reshape({held}.size(1), {held}.size(0), -1).transpose(0, 1))"


def _owner(call: cst.Call, code: Code) -> bool:
    """Whether a call is that of a recurrent layer of the same class."""
    holder = code.nearest(call, cst.ClassDef)
    func = call.func
    if holder is None or not (isinstance(func, cst.Attribute) and text(func.value) == "self"):
        return False
    made = f"self.{func.attr.value} = "
    return any(f"{made}nn.{kind}(" in code.text(holder) for kind in LAYERS)


@operator(cst.Call, group="axes", probes="axes", names=("loss.flatten_mismatch", "loss.wrong_pairs", *PLAIN))
def flattened_in_another_order(call: cst.Call, code: Code) -> Made:
    """Scores are flattened step by step, targets text by text."""
    args = positional(call)
    function = code.function(call)
    if function is None or loss_kind(call, function) not in ("cross_entropy", "nll_loss") or len(args) < 2:
        return
    scores = args[0].value
    if isinstance(scores, cst.Call) and called(scores) in ("reshape", "view") and len(scores.args) == 2:
        held = receiver(scores)
        shape = ", ".join(map(written, scores.args))
        if held is not None:
            yield replacing(call, args[0], f"{text(held)}.transpose(0, 1).reshape({shape})")
            yield replacing(call, args[0], f"{text(held)}.transpose(1, 2).reshape({shape})")


@operator(
    cst.Return,
    group="axes",
    probes="shapes",
    names=(
        "shape.*",
        "batch.fixed_size",
        "axis.batch_time_swapped",
        "output.*",
        "reply.malformed",
        "call.failed",
    ),
)
def squeezed(node: cst.Return, code: Code) -> Made:
    """The answer of a network loses every axis of length 1."""
    function = code.function(node)
    value = node.value
    if function is not None and function.name.value == "forward" and value is not None:
        first = value.elements[0].value if isinstance(value, cst.Tuple) else value
        if not isinstance(value, cst.Tuple) and isinstance(first, cst.Call | cst.Name | cst.Subscript):
            yield f"return {text(first)}.squeeze()"


OPERATORS = (
    batch_first_dropped,
    batch_first_added,
    transpose_dropped,
    view_for_transpose,
    batch_and_time_viewed,
    flattened_in_another_order,
    squeezed,
)
