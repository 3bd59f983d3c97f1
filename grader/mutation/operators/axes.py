"""Axes: batch first or time first, transposing and viewing, along which dimension something is done."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    LAYERS, called, calls, keyword, loss_kind, positional, receiver, replacing, text, whole, without, written,
)  # fmt: skip

_READS_ALONG = ("axis.batch_time_swapped", "batch.fixed_size", "batch.mixed", "shape.axes_swapped")
_TURNS = ("transpose", "swapaxes", "permute", "movedim", "moveaxis", "t")
_SOFTMAX = ("softmax", "log_softmax", "Softmax", "LogSoftmax", "logsumexp")
_CHOOSES = ("argmax", "argmin", "max", "min", "amax", "amin", "topk", "sort", "argsort")
_PLACES = {
    **dict.fromkeys(
        ("argmax", "max", "min", "amax", "amin", "sum", "mean", "softmax", "log_softmax", "logsumexp",
         "unsqueeze", "squeeze", "unbind", "flip", "gather", "select"),
        0,
    ),
    "chunk": 1,
    "split": 1,
}  # fmt: skip
"""Where a method takes its dimension, counted from 0; a function of torch takes the tensor before it."""


@operator(cst.Call, group="axes", probes="axes", names=(*_READS_ALONG, *PLAIN))
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
    cst.Call, cst.Attribute, group="axes", probes="axes",
    names=("axis.*", "shape.*", "batch.*", "loss.wrong_pairs", "loss.flatten_mismatch", "loss.not_all_steps",
           "rnn.whh_not_transposed", "rnn.differs", "lstm.differs", "encode.wrong", "causal.*", *PLAIN),
)  # fmt: skip
def transpose_dropped(node: cst.Call | cst.Attribute, code: Code) -> Made:
    """`x.transpose(0, 1)` or `x.T` becomes `x`."""
    if isinstance(node, cst.Attribute):
        if node.attr.value in ("T", "mT"):
            yield text(node.value)
    elif called(node) in _TURNS and (held := _turned(node)):
        yield held


@operator(
    cst.Call, group="axes", probes="axes",
    names=("axis.view_instead_of_transpose", "batch.mixed", "loss.flatten_mismatch", "loss.wrong_pairs",
           "encode.wrong", "causal.sees_future", "rnn.differs", "shape.*"),
)  # fmt: skip
def view_for_transpose(call: cst.Call, code: Code) -> Made:
    """The right shape by a view: the numbers stay in their old order."""
    if called(call) in _TURNS and called(call) != "t" and (held := _turned(call)):
        yield f"{held}.reshape({text(call)}.shape)"


def _turned(call: cst.Call) -> str:
    """The tensor that is transposed."""
    held = receiver(call)
    if held is None or text(held) in ("np", "numpy"):
        return ""
    if text(held) == "torch":
        return text(call.args[0].value) if call.args else ""
    return text(held)


@operator(
    cst.Call, group="axes", probes="axes",
    names=("axis.view_instead_of_transpose", "axis.batch_time_swapped", "batch.mixed", "causal.*", *PLAIN),
)  # fmt: skip
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


@operator(cst.Call, group="axes", probes="axes")
def dimension_changed(call: cst.Call, code: Code) -> Made:
    """Another `dim`: the softmax, the argmax, the sum, the stack runs along another axis."""
    found = dimension_of(call)
    if found is None:
        return
    arg, dim = found
    others = {0: (1,), 1: (0, 2), 2: (0, 1), 3: (2,), -1: (0, -2), -2: (-1,)}.get(dim, ())
    for other in others:
        yield Edit((code.instead(arg.value, str(other)),), _names_along(call))


@operator(cst.Call, group="axes", probes="axes")
def dimension_dropped(call: cst.Call, code: Code) -> Made:
    """No `dim`: the sum, the maximum, the argmax of all numbers together."""
    found = dimension_of(call)
    if found and called(call) in ("argmax", "max", "min", "sum", "mean", "amax", "amin", "std", "flatten"):
        arg = found[0]
        keep = keyword(call, "keepdim", "keepdims")
        per_column = ("scale.*", "leak.*") if called(call) in ("max", "min", "amax", "amin", "std") else ()
        names = (*(_names_along(call) or ()), *per_column, "ce.softmax_over_all") if _names_along(call) else None
        yield Edit((code.instead(call, without(call, arg, *([keep] if keep else []))),), names)


def _names_along(call: cst.Call) -> tuple[str, ...] | None:
    """Names for what is done along another axis; None where the function's own have to do."""
    if called(call) in _SOFTMAX:
        return ("ce.*", "loss.*", "batch.mixed", "causal.sees_future", *PLAIN)
    if called(call) in ("argmax", "argmin"):
        return ("text.*", "eval.*", "tf.*", "encode.wrong", "seq2seq.*", *PLAIN)
    return None


def dimension_of(call: cst.Call) -> tuple[cst.Arg, int] | None:
    """The argument that says along which axis, and the axis."""
    arg = keyword(call, "dim", "axis", "start_dim")
    if arg is None:
        place = _PLACES.get(called(call))
        held = receiver(call)
        if called(call) in ("stack", "cat"):
            place = 1
        elif held is not None and text(held) in ("torch", "F") and place is not None:
            place += 1
        args = positional(call)
        if place is None or len(args) <= place:
            return None
        arg = args[place]
    dim = whole(arg.value)
    return None if dim is None else (arg, dim)


@operator(cst.Call, cst.Subscript, group="axes", probes="axes")
def size_of_another_axis(node: cst.Call | cst.Subscript, code: Code) -> Made:
    """`x.size(0)` for `x.size(1)`, `x.shape[0]` for `x.shape[1]`."""
    other = {0: "1", 1: "0", 2: "1", -1: "-2"}
    if isinstance(node, cst.Call):
        if called(node) == "size" and len(node.args) == 1:
            axis = whole(node.args[0].value)
            if axis in other:
                yield f"{text(node.func)}({other[axis]})"
    elif isinstance(node.value, cst.Attribute) and node.value.attr.value == "shape" and len(node.slice) == 1:
        index = node.slice[0].slice
        axis = whole(index.value) if isinstance(index, cst.Index) else None
        if axis in other:
            yield f"{text(node.value)}[{other[axis]}]"


@operator(
    cst.Call, group="axes", probes="axes",
    names=("batch.fixed_size", "ce.*", "loss.*", "scale.*", "leak.*", "window.differs", *PLAIN),
)  # fmt: skip
def keepdim_dropped(call: cst.Call, code: Code) -> Made:
    """A sum or maximum loses its axis, and meets the wrong one."""
    arg = keyword(call, "keepdim", "keepdims")
    if arg and text(arg.value) == "True":
        yield without(call, arg)


@operator(
    cst.Return, group="axes", probes="shapes",
    names=("shape.*", "batch.fixed_size", "axis.batch_time_swapped", "output.*", "reply.malformed", "call.failed"),
)  # fmt: skip
def squeezed(node: cst.Return, code: Code) -> Made:
    """The answer of a network loses every axis of length 1."""
    function = code.function(node)
    value = node.value
    if function is not None and function.name.value == "forward" and value is not None:
        first = value.elements[0].value if isinstance(value, cst.Tuple) else value
        if not isinstance(value, cst.Tuple) and isinstance(first, cst.Call | cst.Name | cst.Subscript):
            yield f"return {text(first)}.squeeze()"


OPERATORS = (
    batch_first_dropped, batch_first_added, transpose_dropped, view_for_transpose, batch_and_time_viewed,
    flattened_in_another_order, dimension_changed, dimension_dropped, size_of_another_axis, keepdim_dropped,
    squeezed,
)  # fmt: skip
