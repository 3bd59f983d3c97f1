"""Activations and images: what stands between layers, pooling, kernels, options of a convolution."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import NETWORKS, PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    called,
    keyword,
    parameters,
    receiver,
    text,
    without,
    written,
)

_ACTIVATIONS = {"tanh": "sigmoid", "sigmoid": "tanh", "relu": "tanh"}
_POOLS = ("cnn.avg_for_max", "cnn.max_for_avg", "cnn.mean_of_window", *PLAIN)
_MODULES = {"Tanh": "Sigmoid", "Sigmoid": "Tanh", "ReLU": "Tanh", "GELU": "Sigmoid"}


@operator(cst.Call, group="layers", probes="formula")
def activation_changed(call: cst.Call, code: Code) -> Made:
    """A sigmoid for a tanh, a tanh for a relu; or none at all."""
    name = called(call)
    held = receiver(call)
    free = "architecture" if _leaves_architecture(call, code) else None
    if name in _ACTIVATIONS and held is not None:
        on_module = text(held) in ("torch", "F", "nn.functional", "torch.nn.functional")
        inner = call.args[0].value if on_module and call.args else held
        plain = isinstance(inner, cst.Name | cst.Call | cst.Attribute | cst.Subscript) or text(
            inner
        ).startswith("(")
        said = text(inner) if plain else f"({text(inner)})"
        for other in ("relu", _ACTIVATIONS[name]):
            any_cell = ({name, other} == {"tanh", "sigmoid"} and _is_any_cell(call, code)) or (
                (name, other) == ("tanh", "relu") and _is_plain_cell(call, code)
            )
            if other != name:
                yield Edit(
                    (code.instead(call, f"torch.{other}({text(inner)})"),),
                    _activation(call, code, name, other),
                    free or ("recurrent_kind" if any_cell else None),
                )
        yield Edit((code.instead(call, said),), _activation(call, code, name, ""), free)
    elif name in _MODULES and isinstance(call.func, cst.Attribute):
        yield Edit((code.instead(call, f"{text(call.func.value)}.{_MODULES[name]}()"),), None, free)
        yield Edit(
            (code.instead(call, f"{text(call.func.value)}.Identity()"),),
            ("cnn.nonlinearity_missing",) if not free else None,
            free,
        )


def _activation(call: cst.Call, code: Code, name: str, other: str) -> tuple[str, ...] | None:
    part = code.part(call)
    about = part.about if part else ()
    if "rnn" in about and name == "tanh":
        return ({"relu": "rnn.relu_for_tanh", "sigmoid": "rnn.sigmoid_for_tanh", "": "rnn.no_tanh"}[other],)
    if "CNN" in about and not other:
        return ("cnn.nonlinearity_missing",)
    return None


def _leaves_architecture(call: cst.Call, code: Code) -> bool:
    """Whether it is anyone's choice what stands between the layers: in a network's own head, not in a
    gate."""
    part = code.part(call)
    holder = code.nearest(call, cst.ClassDef)
    if part is None or not set(part.about) <= {*NETWORKS, "RecurrentNeuralNetworkClass"} or holder is None:
        return False
    return (
        code.loop(call) is None
        and "chunk(" not in code.text(holder)
        and "lstm_cell(" not in code.text(holder)
    )


def _is_any_cell(call: cst.Call, code: Code) -> bool:
    """Whether it stands in a cell of the lesson on padding, which asks for none by name: a gate that is
    squashed by another bounded function makes a cell of another kind."""
    part = code.part(call)
    return part is not None and "Tagger" in part.about and set(part.about) <= {"Net", "Tagger"}


def _is_plain_cell(call: cst.Call, code: Code) -> bool:
    """Whether it makes the state of a network's own cell without gates: with a relu that is an RNN, too."""
    part, holder = code.part(call), code.nearest(call, cst.ClassDef)
    inside = part is not None and set(part.about) <= NETWORKS and holder is not None
    return inside and code.loop(call) is not None and "sigmoid" not in code.text(holder or call)


@operator(cst.Call, group="layers", probes="images")
def pooling_changed(call: cst.Call, code: Code) -> Made:
    """The mean for the maximum, the maximum for the mean; or another step."""
    other = {
        "max_pool2d": "avg_pool2d",
        "avg_pool2d": "max_pool2d",
        "MaxPool2d": "AvgPool2d",
        "AdaptiveMaxPool2d": "AdaptiveAvgPool2d",
    }
    part = code.part(call)
    if part is None or not set(part.about) & {"CNN", "max_pool2d", "avg_pool2d"}:
        return
    name = called(call)
    if name in other and isinstance(call.func, cst.Attribute):
        said = f"{text(call.func.value)}.{other[name]}({', '.join(map(written, call.args))})"
        yield Edit((code.instead(call, said),), ("cnn.avg_for_max", "cnn.max_for_avg", *PLAIN))
    held = receiver(call)
    swapped = {"max": "mean", "mean": "max", "amax": "mean"}.get(name)
    if swapped and held is not None and "CNN" not in part.about and text(held) not in ("torch", "np"):
        said = f"{text(held)}.{swapped}({', '.join(map(written, call.args))})"
        yield Edit((code.instead(call, said),), _POOLS)


@operator(cst.Name, group="layers", probes="images")
def kernel_turned(name: cst.Name, code: Code) -> Made:
    """The kernel is flipped, as in mathematics, or its rows and columns are exchanged."""
    function = code.function(name)
    params = parameters(function)
    if function is None or function.name.value != "conv2d" or len(params) < 2 or name.value != params[1]:
        return
    parent = code.parent(name)
    measured = isinstance(parent, cst.Arg) and (
        parent.keyword is name or called(code.parent(parent)) == "len"
    )
    if isinstance(parent, cst.BinaryOperation | cst.Arg) and not measured:
        yield Edit((code.instead(name, f"{name.value}.flip(0, 1)"),), ("cnn.kernel_flipped",))
        yield Edit((code.instead(name, f"{name.value}.T"),), ("cnn.kernel_transposed",))


@operator(cst.Call, group="layers", probes="networks")
def layer_option_dropped(call: cst.Call, code: Code) -> Made:
    """`padding=1`, `stride=2`, `dilation=d` of a layer left out."""
    for name in ("padding", "stride", "dilation", "kernel_size", "attn_mask", "num_classes"):
        arg = keyword(call, name)
        if arg:
            names = ("cnn.*", *PLAIN) if name in ("padding", "stride", "kernel_size") else None
            yield Edit((code.instead(call, without(call, arg)),), names)


OPERATORS = (
    activation_changed,
    pooling_changed,
    kernel_turned,
    layer_option_dropped,
)
