"""The same by another call: functions, methods and modules of torch that mean one thing."""

from __future__ import annotations

import libcst as cst

from grader.mutation.rewrites.rule import Groups, Place, rewrite
from grader.mutation.syntax import (
    LAYERS, LOSS_MODULES, call_of, called, keyword, positional, receiver, text, whole, written,
)  # fmt: skip

_POINTWISE = ("tanh", "sigmoid", "relu", "exp", "log")
_MODULE_OF = {name: module for module, name in LOSS_MODULES.items()}


def _own(place: Place, *kinds: type[cst.CSTNode]) -> list[cst.CSTNode]:
    return [node for node in place.code.own if isinstance(node, kinds)]


def _calls(place: Place) -> list[cst.Call]:
    return [node for node in place.code.own if isinstance(node, cst.Call)]


def _bracketed(value: cst.BaseExpression) -> str:
    said = text(value)
    plain = isinstance(value, cst.Name | cst.Call | cst.Attribute | cst.Subscript) or said.startswith("(")
    return said if plain else f"({said})"


@rewrite
def view_to_reshape(place: Place) -> Groups:
    """`reshape` does whatever `view` does."""
    for call in _calls(place):
        if called(call) == "view" and isinstance(call.func, cst.Attribute) and "dtype" not in text(call):
            yield (place.code.instead(call.func.attr, "reshape"),)


@rewrite
def reshape_to_view(place: Place) -> Groups:
    """A view of what lies in one piece."""
    if "np." in place.code.source or "numpy" in place.code.source:
        return
    for call in _calls(place):
        held = receiver(call)
        if called(call) == "reshape" and held is not None and text(held) != "torch":
            yield (place.code.instead(call, f"{text(held)}.contiguous().view({', '.join(map(written, call.args))})"),)


@rewrite
def function_to_method(place: Place) -> Groups:
    """`torch.tanh(x)` is `x.tanh()`."""
    for call in _calls(place):
        held = receiver(call)
        args = positional(call)
        on_torch = held is not None and text(held) == "torch"
        if called(call) in _POINTWISE and on_torch and len(call.args) == len(args) == 1:
            yield (place.code.instead(call, f"{_bracketed(args[0].value)}.{called(call)}()"),)


@rewrite
def method_to_function(place: Place) -> Groups:
    """`x.tanh()` is `torch.tanh(x)`."""
    for call in _calls(place):
        held = receiver(call)
        modules = ("torch", "F", "np", "math", "nn.functional", "torch.nn.functional")
        if called(call) in _POINTWISE and held is not None and text(held) not in modules and not call.args:
            yield (place.code.instead(call, f"torch.{called(call)}({text(held)})"),)


@rewrite
def functional_to_torch(place: Place) -> Groups:
    """`F.relu` is `torch.relu`, `F.softmax(x, dim=1)` is `x.softmax(dim=1)`."""
    for call in _calls(place):
        held = receiver(call)
        if held is None or text(held) not in ("F", "nn.functional", "torch.nn.functional"):
            continue
        if called(call) in ("relu", "tanh", "sigmoid") and len(call.args) == 1:
            yield (place.code.instead(call.func, f"torch.{called(call)}"),)
        if called(call) in ("softmax", "log_softmax") and keyword(call, "dim") and len(call.args) == 2:
            value, dim = call.args[0], call.args[1]
            yield (place.code.instead(call, f"{_bracketed(value.value)}.{called(call)}({written(dim)})"),)


@rewrite
def functional_to_module(place: Place) -> Groups:
    """`F.cross_entropy(a, b)` is `torch.nn.CrossEntropyLoss()(a, b)`."""
    for call in _calls(place):
        held = receiver(call)
        module = _MODULE_OF.get(called(call))
        if module is None or held is None or text(held) not in ("F", "nn.functional", "torch.nn.functional"):
            continue
        args = positional(call)
        settings = [written(arg) for arg in call.args if arg not in args]
        if len(args) == 2 and not any(said.startswith(("*", "weight", "size_average")) for said in settings):
            made = f"torch.nn.{module}({', '.join(settings)})"
            yield (place.code.instead(call, f"{made}({written(args[0])}, {written(args[1])})"),)


@rewrite
def module_to_functional(place: Place) -> Groups:
    """`nn.CrossEntropyLoss()(a, b)` is `torch.nn.functional.cross_entropy(a, b)`."""
    for call in _calls(place):
        inner = call.func
        name = LOSS_MODULES.get(called(inner))
        if name and isinstance(inner, cst.Call) and all(arg.keyword for arg in inner.args):
            yield (
                place.code.instead(
                    call, f"torch.nn.functional.{name}({', '.join(map(written, (*call.args, *inner.args)))})"
                ),
            )


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
    for call in _calls(place):
        held = receiver(call)
        if called(call) == "size" and held is not None and len(call.args) == 1 and whole(call.args[0].value) is not None:
            yield (place.code.instead(call, f"{text(held)}.shape[{text(call.args[0].value)}]"),)


@rewrite
def shape_as_size(place: Place) -> Groups:
    """`x.shape[1]` is `x.size(1)` where x is a tensor."""
    if "np." in place.code.source:
        return
    for node in _own(place, cst.Subscript):
        if isinstance(node, cst.Subscript) and isinstance(node.value, cst.Attribute) and len(node.slice) == 1:
            index = node.slice[0].slice
            if node.value.attr.value == "shape" and isinstance(index, cst.Index) and whole(index.value) is not None:
                yield (place.code.instead(node, f"{text(node.value.value)}.size({text(index.value)})"),)


@rewrite
def loss_as_float(place: Place) -> Groups:
    """`loss.item()` is `float(loss)` of a number that stands alone."""
    for call in _calls(place):
        held = receiver(call)
        if called(call) == "item" and not call.args and isinstance(held, cst.Name) and "loss" in held.value:
            yield (place.code.instead(call, f"float({held.value})"),)


@rewrite
def gradients_switched_off(place: Place) -> Groups:
    """`torch.no_grad()` is `torch.set_grad_enabled(False)`."""
    for node in _own(place, cst.With):
        if isinstance(node, cst.With) and called(node.items[0].item) == "no_grad" and len(node.items) == 1:
            yield (place.code.instead(node.items[0].item, "torch.set_grad_enabled(False)"),)


@rewrite
def stacked_by_cat(place: Place) -> Groups:
    """A stack is a row of one-row tensors, put together."""
    for call in _calls(place):
        held = receiver(call)
        args = positional(call)
        simple = len(call.args) == len(args) == 1 and isinstance(args[0].value, cst.Name)
        if called(call) == "stack" and held is not None and text(held) == "torch" and simple:
            yield (place.code.instead(call, f"torch.cat([piece[None] for piece in {text(args[0].value)}])"),)


@rewrite
def defaults_spelled_out(place: Place) -> Groups:
    """What a layer, an optimiser or a loss takes where it is told nothing."""
    for call in _calls(place):
        more = [said for name, said in _defaults(call) if not keyword(call, name)]
        starred = any(arg.star for arg in call.args)
        if more and not starred:
            yield (place.code.instead(call, call_of(call, [*map(written, call.args), *more])),)


def _defaults(call: cst.Call) -> list[tuple[str, str]]:
    """Names and texts of defaults that no place among the arguments can hold already."""
    name, count = called(call), len(positional(call))
    held = receiver(call)
    if held is None or text(held) not in ("nn", "torch.nn", "F", "torch.optim", "optim", "torch.nn.functional"):
        return []
    if name in LAYERS and count <= 3:
        layers = [("num_layers", "num_layers=1")] if count == 2 else []
        return [*layers, ("bias", "bias=True"), ("dropout", "dropout=0.0"), ("bidirectional", "bidirectional=False")]
    if name == "Linear" and count == 2:
        return [("bias", "bias=True")]
    if name == "Conv2d" and count == 2 and keyword(call, "kernel_size"):
        return [("stride", "stride=1"), ("dilation", "dilation=1"), ("groups", "groups=1")]
    if name in ("Adam", "AdamW") and count <= 2:
        return [("betas", "betas=(0.9, 0.999)"), ("eps", "eps=1e-08"), ("amsgrad", "amsgrad=False")]
    if name == "SGD" and count <= 2:
        return [("momentum", "momentum=0"), ("dampening", "dampening=0")]
    if name == "cross_entropy" and count == 2:
        return [("reduction", 'reduction="mean"'), ("label_smoothing", "label_smoothing=0.0")]
    return []


@rewrite
def log_softmax_first(place: Place) -> Groups:
    """Log-probabilities are scores whose cross-entropy is the same number."""
    for call in _calls(place):
        args = positional(call)
        plain = called(call) == "cross_entropy" and receiver(call) is not None and len(args) >= 2
        if plain and called(args[0].value) in ("reshape", "view") or plain and isinstance(args[0].value, cst.Name):
            yield (place.code.instead(args[0].value, f"{text(args[0].value)}.log_softmax(-1)"),)


RULES = (
    view_to_reshape, reshape_to_view, function_to_method, method_to_function, functional_to_torch,
    functional_to_module, module_to_functional, product_as_function, size_as_shape, shape_as_size, loss_as_float,
    gradients_switched_off, stacked_by_cat, defaults_spelled_out, log_softmax_first,
)  # fmt: skip
