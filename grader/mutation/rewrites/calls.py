"""The same by another call: functions, methods and modules of torch that mean one thing."""

from __future__ import annotations

import libcst as cst

from grader.mutation.rewrites.rule import Groups, Place, rewrite
from grader.mutation.syntax import (
    LOSS_MODULES,
    bracketed,
    called,
    keyword,
    positional,
    receiver,
    text,
    whole,
    written,
)

_POINTWISE = ("tanh", "sigmoid", "relu", "exp", "log")
_MODULE_OF = {name: module for module, name in LOSS_MODULES.items()}


def _own(place: Place, *kinds: type[cst.CSTNode]) -> list[cst.CSTNode]:
    return [node for node in place.code.own if isinstance(node, kinds)]


@rewrite
def view_to_reshape(place: Place) -> Groups:
    """`reshape` does whatever `view` does."""
    for call in place.calls():
        if called(call) == "view" and isinstance(call.func, cst.Attribute) and "dtype" not in text(call):
            yield (place.code.instead(call.func.attr, "reshape"),)


@rewrite
def reshape_to_view(place: Place) -> Groups:
    """A view of what lies in one piece."""
    if "np." in place.code.source or "numpy" in place.code.source:
        return
    for call in place.calls():
        held = receiver(call)
        if called(call) == "reshape" and held is not None and text(held) != "torch":
            yield (
                place.code.instead(
                    call, f"{text(held)}.contiguous().view({', '.join(map(written, call.args))})"
                ),
            )


@rewrite
def function_to_method(place: Place) -> Groups:
    """`torch.tanh(x)` is `x.tanh()`."""
    for call in place.calls():
        held = receiver(call)
        args = positional(call)
        on_torch = held is not None and text(held) == "torch"
        if called(call) in _POINTWISE and on_torch and len(call.args) == len(args) == 1:
            yield (place.code.instead(call, f"{bracketed(args[0].value)}.{called(call)}()"),)


@rewrite
def method_to_function(place: Place) -> Groups:
    """`x.tanh()` is `torch.tanh(x)`."""
    for call in place.calls():
        held = receiver(call)
        modules = ("torch", "F", "np", "math", "nn.functional", "torch.nn.functional")
        if called(call) in _POINTWISE and held is not None and text(held) not in modules and not call.args:
            yield (place.code.instead(call, f"torch.{called(call)}({text(held)})"),)


@rewrite
def functional_to_torch(place: Place) -> Groups:
    """`F.relu` is `torch.relu`, `F.softmax(x, dim=1)` is `x.softmax(dim=1)`."""
    for call in place.calls():
        held = receiver(call)
        if held is None or text(held) not in ("F", "nn.functional", "torch.nn.functional"):
            continue
        if called(call) in ("relu", "tanh", "sigmoid") and len(call.args) == 1:
            yield (place.code.instead(call.func, f"torch.{called(call)}"),)
        if called(call) in ("softmax", "log_softmax") and keyword(call, "dim") and len(call.args) == 2:
            value, dim = call.args[0], call.args[1]
            yield (place.code.instead(call, f"{bracketed(value.value)}.{called(call)}({written(dim)})"),)


@rewrite
def product_as_function(place: Place) -> Groups:
    """`a @ b` is `torch.matmul(a, b)`."""
    if "np." in place.code.source:
        return
    for node in _own(place, cst.BinaryOperation):
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.MatrixMultiply):
            yield (place.code.instead(node, f"torch.matmul({text(node.left)}, {text(node.right)})"),)


@rewrite
def size_as_shape(place: Place) -> Groups:
    """`x.size(1)` is `x.shape[1]`."""
    for call in place.calls():
        held = receiver(call)
        if (
            called(call) == "size"
            and held is not None
            and len(call.args) == 1
            and whole(call.args[0].value) is not None
        ):
            yield (place.code.instead(call, f"{text(held)}.shape[{text(call.args[0].value)}]"),)


@rewrite
def shape_as_size(place: Place) -> Groups:
    """`x.shape[1]` is `x.size(1)` where x is a tensor."""
    if "np." in place.code.source:
        return
    for node in _own(place, cst.Subscript):
        if isinstance(node, cst.Subscript) and isinstance(node.value, cst.Attribute) and len(node.slice) == 1:
            index = node.slice[0].slice
            if (
                node.value.attr.value == "shape"
                and isinstance(index, cst.Index)
                and whole(index.value) is not None
            ):
                yield (place.code.instead(node, f"{text(node.value.value)}.size({text(index.value)})"),)


@rewrite
def gradients_switched_off(place: Place) -> Groups:
    """`torch.no_grad()` is `torch.set_grad_enabled(False)`."""
    for node in _own(place, cst.With):
        if isinstance(node, cst.With) and called(node.items[0].item) == "no_grad" and len(node.items) == 1:
            yield (place.code.instead(node.items[0].item, "torch.set_grad_enabled(False)"),)


@rewrite
def stacked_by_cat(place: Place) -> Groups:
    """A stack is a row of one-row tensors, put together."""
    for call in place.calls():
        held = receiver(call)
        args = positional(call)
        simple = len(call.args) == len(args) == 1 and isinstance(args[0].value, cst.Name)
        if called(call) == "stack" and held is not None and text(held) == "torch" and simple:
            yield (place.code.instead(call, f"torch.cat([piece[None] for piece in {text(args[0].value)}])"),)


RULES = (
    view_to_reshape,
    reshape_to_view,
    function_to_method,
    method_to_function,
    functional_to_torch,
    product_as_function,
    size_as_shape,
    shape_as_size,
    gradients_switched_off,
    stacked_by_cat,
)
