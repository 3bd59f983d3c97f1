"""Packing: padding that counts, lengths of others, an order that is not restored."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    called,
    calls,
    keyword,
    named,
    positional,
    replacing,
    targets,
    text,
    without,
)
from grader.mutation.telling import walk

_PACK, _UNPACK = "pack_padded_sequence", "pad_packed_sequence"
_LENGTHS = (
    "packing.*",
    "pad.lengths_wrong",
    "pad.value_wrong",
    "output.constant_steps",
    "loss.not_all_steps",
    "loss.counts_padding",
    *PLAIN,
)


@operator(cst.Call, group="packing", probes="packing", names=("packing.needs_sorted_lengths", "call.failed"))
def sorted_lengths_wanted(call: cst.Call, code: Code) -> Made:
    """`enforce_sorted=False` left out."""
    arg = keyword(call, "enforce_sorted")
    if arg and text(arg.value) == "False":
        yield without(call, arg)


@operator(cst.Call, group="packing", probes="packing", names=("packing.total_length_missing", "shape.wrong"))
def total_length_dropped(call: cst.Call, code: Code) -> Made:
    """`total_length` left out: the answer is as wide as the longest word."""
    arg = keyword(call, "total_length")
    if arg:
        yield without(call, arg)


@operator(cst.Call, group="packing", probes="packing", names=_LENGTHS)
def lengths_of_others(call: cst.Call, code: Code) -> Made:
    """Lengths one too short, those of the neighbour, sorted alone, or the longest for all."""
    args = positional(call)
    if called(call) != _PACK or len(args) < 2:
        return
    lengths = f"torch.as_tensor({text(args[1].value)})"
    if isinstance(args[1].value, cst.Name):
        lengths = text(args[1].value)
    yield replacing(call, args[1], f"({lengths} - 1).clamp(min=1)")
    yield replacing(call, args[1], f"{lengths}.flip(0)")
    yield replacing(call, args[1], f"{lengths}.sort(descending=True).values")
    yield replacing(call, args[1], f"torch.full_like({lengths}, int({lengths}.max()))")
    yield replacing(call, args[1], f"torch.full_like({lengths}, int({lengths}.min()))")


@operator(
    cst.Call, group="packing", probes="packing", names=("packing.*", "loss.counts_padding", "model.*", *PLAIN)
)
def packing_dropped(call: cst.Call, code: Code) -> Made:
    """The padded batch goes into the network as it is."""
    args = positional(call)
    function = code.function(call)
    if called(call) != _PACK or len(args) < 2 or function is None:
        return
    changes = [code.instead(call, text(args[0].value))]
    for unpack in calls(function.body, _UNPACK):
        if unpack.args:
            changes.append(code.instead(unpack, f"({text(unpack.args[0].value)}, {text(args[1].value)})"))
    yield Edit(tuple(changes))


@operator(
    cst.Subscript,
    group="packing",
    probes="packing",
    names=(
        "packing.order_not_restored",
        "packing.lengths_of_others",
        "packing.needs_sorted_lengths",
        "pad.value_wrong",
        *PLAIN,
    ),
)
def order_dropped(node: cst.Subscript, code: Code) -> Made:
    """Rows are not sorted with their lengths, or never put back; or put back by the order that sorted
    them."""
    function = code.function(node)
    if function is None or len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
        return
    index = node.slice[0].slice.value
    orders = _orders(function)
    if isinstance(index, cst.Name) and index.value in orders:
        parent = code.parent(node)
        if not isinstance(parent, cst.AssignTarget):
            yield text(node.value)
            yield f"{text(node.value)}[torch.argsort({index.value})]"
    elif called(index) == "argsort" and isinstance(index, cst.Call):
        yield text(node.value)
        if index.args:
            yield f"{text(node.value)}[{text(index.args[0].value)}]"


def _orders(function: cst.FunctionDef) -> set[str]:
    """Names that hold an order of rows: the second result of a sort, or what argsort gives."""
    found = {"sorted_indices", "unsorted_indices"}
    for node in walk(function.body):
        if isinstance(node, cst.Assign) and called(node.value) in ("sort", "argsort"):
            last = targets(node)[-1]
            if isinstance(last, cst.Name):
                found.add(last.value)
    return found


@operator(
    cst.Call,
    group="packing",
    probes="padding",
    names=(
        "packing.*",
        "loss.counts_padding",
        "loss.divides_by_padding",
        "loss.first_class_ignored",
        "loss.not_all_steps",
        "loss.differs",
        "output.nan",
        *PLAIN,
    ),
)
def mask_dropped(call: cst.Call, code: Code) -> Made:
    """Padding is not filled in, not selected away, not ignored."""
    name = called(call)
    if name in ("masked_fill", "masked_select") and isinstance(call.func, cst.Attribute):
        yield text(call.func.value)
    arg = keyword(call, "ignore_index")
    if arg:
        yield without(call, arg)
    if name == "sum" and isinstance(call.func, cst.Attribute) and named(call.func.value, "mask", "keep"):
        yield f"{text(call.func.value)}.numel()"


@operator(cst.Call, group="packing", probes="padding", names=("pad.*", "packing.*", "encode.wrong", *PLAIN))
def padding_value_changed(call: cst.Call, code: Code) -> Made:
    """Padding that is no 0."""
    if called(call) == "pad_sequence":
        arg = keyword(call, "padding_value")
        yield replacing(call, arg, "1") if arg else f"{text(call)[:-1]}, padding_value=1)"


OPERATORS = (
    sorted_lengths_wanted,
    total_length_dropped,
    lengths_of_others,
    packing_dropped,
    order_dropped,
    mask_dropped,
    padding_value_changed,
)
