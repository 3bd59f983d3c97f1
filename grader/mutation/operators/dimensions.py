"""Dimensions: along which axis a sum, a softmax, a choice runs, and how long an axis is."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    called,
    keyword,
    positional,
    receiver,
    text,
    whole,
    without,
)

_SOFTMAX = ("softmax", "log_softmax", "Softmax", "LogSoftmax", "logsumexp")
_PLACES = {
    **dict.fromkeys(
        (
            "argmax",
            "max",
            "min",
            "amax",
            "amin",
            "sum",
            "mean",
            "softmax",
            "log_softmax",
            "logsumexp",
            "unsqueeze",
            "squeeze",
            "unbind",
            "flip",
            "gather",
            "select",
        ),
        0,
    ),
    "chunk": 1,
    "split": 1,
}
"""Where a method takes its dimension, counted from 0; a function of torch takes the tensor before it."""


@operator(cst.Call, group="axes", probes="axes")
def dimension_changed(call: cst.Call, code: Code) -> Made:
    """Another `dim`: the softmax, the argmax, the sum, the stack runs along another axis."""
    found = dimension_of(call)
    if found is None:
        return
    arg, dim = found
    joins = called(call) in (
        "stack",
        "cat",
        "unsqueeze",
        "flatten",
        "unbind",
    )  # an axis more is one to choose
    others = {0: (1,), 1: (0, 2) if joins else (0,), 2: (0, 1), 3: (2,), -1: (0, -2), -2: (-1,)}.get(dim, ())
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
        names = (
            (*(_names_along(call) or ()), *per_column, "ce.softmax_over_all") if _names_along(call) else None
        )
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
    cst.Call,
    group="axes",
    probes="axes",
    names=("batch.fixed_size", "ce.*", "loss.*", "scale.*", "leak.*", "window.differs", *PLAIN),
)
def keepdim_dropped(call: cst.Call, code: Code) -> Made:
    """A sum or maximum loses its axis, and meets the wrong one."""
    arg = keyword(call, "keepdim", "keepdims")
    if arg and text(arg.value) == "True":
        yield without(call, arg)


OPERATORS = (
    dimension_changed,
    dimension_dropped,
    size_of_another_axis,
    keepdim_dropped,
)
