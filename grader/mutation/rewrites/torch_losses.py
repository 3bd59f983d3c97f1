"""Losses and defaults in another form: module for function, settings spelled out."""

from __future__ import annotations

import libcst as cst

from grader.mutation.rewrites.rule import Groups, Place, rewrite
from grader.mutation.syntax import (
    LAYERS,
    LOSS_MODULES,
    call_of,
    called,
    keyword,
    positional,
    receiver,
    text,
    written,
)

_MODULE_OF = {name: module for module, name in LOSS_MODULES.items()}


@rewrite
def functional_to_module(place: Place) -> Groups:
    """`F.cross_entropy(a, b)` is `torch.nn.CrossEntropyLoss()(a, b)`."""
    for call in place.calls():
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
    for call in place.calls():
        inner = call.func
        name = LOSS_MODULES.get(called(inner))
        if name and isinstance(inner, cst.Call) and all(arg.keyword for arg in inner.args):
            yield (
                place.code.instead(
                    call, f"torch.nn.functional.{name}({', '.join(map(written, (*call.args, *inner.args)))})"
                ),
            )


@rewrite
def loss_as_float(place: Place) -> Groups:
    """`loss.item()` is `float(loss)` of a number that stands alone."""
    for call in place.calls():
        held = receiver(call)
        if called(call) == "item" and not call.args and isinstance(held, cst.Name) and "loss" in held.value:
            yield (place.code.instead(call, f"float({held.value})"),)


@rewrite
def defaults_spelled_out(place: Place) -> Groups:
    """What a layer, an optimiser or a loss takes where it is told nothing."""
    for call in place.calls():
        more = [said for name, said in _defaults(call) if not keyword(call, name)]
        starred = any(arg.star for arg in call.args)
        if more and not starred:
            yield (place.code.instead(call, call_of(call, [*map(written, call.args), *more])),)


def _defaults(call: cst.Call) -> list[tuple[str, str]]:
    """Names and texts of defaults that no place among the arguments can hold already."""
    name, count = called(call), len(positional(call))
    held = receiver(call)
    if held is None or text(held) not in (
        "nn",
        "torch.nn",
        "F",
        "torch.optim",
        "optim",
        "torch.nn.functional",
    ):
        return []
    if name in LAYERS and count <= 3:
        layers = [("num_layers", "num_layers=1")] if count == 2 else []
        return [
            *layers,
            ("bias", "bias=True"),
            ("dropout", "dropout=0.0"),
            ("bidirectional", "bidirectional=False"),
        ]
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
    for call in place.calls():
        args = positional(call)
        plain = called(call) == "cross_entropy" and receiver(call) is not None and len(args) >= 2
        if (plain and called(args[0].value) in ("reshape", "view")) or (
            plain and isinstance(args[0].value, cst.Name)
        ):
            yield (place.code.instead(args[0].value, f"{text(args[0].value)}.log_softmax(-1)"),)


RULES = (
    functional_to_module,
    module_to_functional,
    loss_as_float,
    defaults_spelled_out,
    log_softmax_first,
)
