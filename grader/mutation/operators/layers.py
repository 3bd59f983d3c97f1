"""Layers: activations, biases, sizes, pooling, and weights that no optimiser can find."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    LAYERS, adding, called, calls, keyword, names_in, parameters, positional, receiver, replacing, smalls, targets,
    text, without, written,
)  # fmt: skip
from grader.mutation.telling import walk

_ACTIVATIONS = {"tanh": "sigmoid", "sigmoid": "tanh", "relu": "tanh"}
_MODULES = {"Tanh": "Sigmoid", "Sigmoid": "Tanh", "ReLU": "Tanh", "GELU": "Sigmoid"}
_WEIGHTED = (*LAYERS, "RNNCell", "LSTMCell", "GRUCell", "Linear", "Embedding", "Conv1d", "Conv2d", "MultiheadAttention")
_UNSEEN = ("model.unregistered_parameters", "model.no_parameters", "train.*", "grad.*", "call.failed", "name.*")


@operator(cst.Call, group="layers", probes="formula")
def activation_changed(call: cst.Call, code: Code) -> Made:
    """A sigmoid for a tanh, a tanh for a relu; or none at all."""
    name = called(call)
    held = receiver(call)
    free = "architecture" if _leaves_architecture(call, code) else None
    if name in _ACTIVATIONS and held is not None:
        on_module = text(held) in ("torch", "F", "nn.functional", "torch.nn.functional")
        inner = call.args[0].value if on_module and call.args else held
        plain = isinstance(inner, cst.Name | cst.Call | cst.Attribute | cst.Subscript) or text(inner).startswith("(")
        said = text(inner) if plain else f"({text(inner)})"
        for other in ("relu", _ACTIVATIONS[name]):
            if other != name:
                yield Edit((code.instead(call, f"torch.{other}({text(inner)})"),), _activation(call, code, name, other), free)
        yield Edit((code.instead(call, said),), _activation(call, code, name, ""), free)
    elif name in _MODULES and isinstance(call.func, cst.Attribute):
        yield Edit((code.instead(call, f"{text(call.func.value)}.{_MODULES[name]}()"),), None, free)
        yield Edit((code.instead(call, f"{text(call.func.value)}.Identity()"),), ("cnn.nonlinearity_missing",) if not free else None, free)


def _activation(call: cst.Call, code: Code, name: str, other: str) -> tuple[str, ...] | None:
    part = code.part(call)
    about = part.about if part else ()
    if "rnn" in about and name == "tanh":
        return ({"relu": "rnn.relu_for_tanh", "sigmoid": "rnn.sigmoid_for_tanh", "": "rnn.no_tanh"}[other],)
    if "CNN" in about and not other:
        return ("cnn.nonlinearity_missing",)
    return None


def _leaves_architecture(call: cst.Call, code: Code) -> bool:
    """Whether it is anyone's choice what stands between the layers: in a network's own head, not in a gate."""
    part = code.part(call)
    holder = code.nearest(call, cst.ClassDef)
    free = {"Net", "Tagger", "CharModel", "Encoder", "Decoder", "RecurrentNeuralNetworkClass"}
    if part is None or not set(part.about) <= free or holder is None:
        return False
    return code.loop(call) is None and "chunk(" not in code.text(holder) and "lstm_cell(" not in code.text(holder)


@operator(cst.Call, group="layers", probes="networks")
def bias_dropped(call: cst.Call, code: Code) -> Made:
    """A layer without its bias, which is anyone's choice."""
    if called(call) in ("Linear", "Conv2d", *LAYERS) and not keyword(call, "bias"):
        yield Edit((code.instead(call, adding(call, "bias=False")),), None, "architecture")


@operator(cst.Call, group="layers", probes="networks", names=("model.argument_ignored", "model.dead_parameters", "batch.fixed_size", "call.failed"))
def layers_ignored(call: cst.Call, code: Code) -> Made:
    """The number of layers that was asked for makes no difference."""
    if called(call) not in LAYERS:
        return
    arg = keyword(call, "num_layers") or next(iter(positional(call)[2:3]), None)
    if arg is not None and isinstance(arg.value, cst.Name):
        yield replacing(call, arg, "1")
        yield replacing(call, arg, f"{text(arg.value)} + 1")


@operator(cst.Name, group="layers", probes="networks")
def argument_ignored(name: cst.Name, code: Code) -> Made:
    """An argument with a default is read as if it had not been given."""
    function = code.function(name)
    if function is None or isinstance(code.parent(name), cst.AssignTarget | cst.Attribute):
        return
    parent = code.parent(name)
    if isinstance(parent, cst.Arg) and parent.keyword is name:
        return
    params = [*function.params.params, *function.params.kwonly_params]
    default = next((one.default for one in params if one.name.value == name.value and one.default), None)
    if default is not None and text(default) != "None":
        yield Edit((code.instead(name, text(default)),), _ignored(name.value), _extra(name, function, code))


def _extra(name: cst.Name, function: cst.FunctionDef, code: Code) -> str | None:
    """The contract knows nothing of arguments that an author's alternative adds."""
    part = code.part(name)
    known = {
        "iterations", "epochs", "learning_rate", "cell", "layers", "n_layer", "name", "xdim", "hdim", "ydim", "stride", "padding",
        "train_ratio", "teacher_forcing_ratio", "print_every", "pad_index",
    }  # fmt: skip
    return None if name.value in known or part is None or "lstm" in part.about else "own_argument"


def _ignored(name: str) -> tuple[str, ...] | None:
    """Names of what happens without an argument; None where the function's own names have to do."""
    budget = ("train.epochs_ignored", "train.too_slow", "accuracy.low", "baseline.not_beaten")
    sizes = ("model.argument_ignored", "call.failed", "shape.wrong", "batch.fixed_size", "axis.batch_time_swapped")
    return {
        **dict.fromkeys(("iterations", "epochs", "n_iter"), budget),
        **dict.fromkeys(("cell", "layers", "n_layer", "hdim", "xdim", "ydim", "hidden"), sizes),
        "learning_rate": ("model.argument_ignored", "train.*", "accuracy.low", "baseline.not_beaten"),
        "stride": ("cnn.stride_ignored", "cnn.*", *PLAIN),
        "padding": ("cnn.padding_wrong", "cnn.*", *PLAIN),
        "teacher_forcing_ratio": ("tf.always", "tf.ratio_wrong"),
        "train_ratio": ("leak.*", "window.count", "window.order"),
    }.get(name)


@operator(cst.Assign, group="layers", probes="weights", names=_UNSEEN)
def layer_in_a_list(node: cst.Assign, code: Code) -> Made:
    """A layer that is kept in a plain list, where no optimiser finds it."""
    found = _layer(node, code)
    holder = code.nearest(node, cst.ClassDef)
    if found is None or holder is None:
        return
    name = text(found)
    uses = [
        one for one in walk(holder) if isinstance(one, cst.Attribute) and text(one) == name and one is not found
    ]
    yield Edit((code.instead(node.value, f"[{text(node.value)}]"), *(code.instead(one, f"{name}[0]") for one in uses)))


@operator(cst.Assign, group="layers", probes="weights", names=("grad.frozen_parameters", "train.params_without_gradient", "train.params_not_in_optimizer", "call.failed"))
def layer_frozen(node: cst.Assign, code: Code) -> Made:
    """The weights of a layer are kept from learning."""
    found = _layer(node, code)
    if found is not None:
        yield Edit((code.after(node, f"{text(found)}.requires_grad_(False)"),))


@operator(cst.Assign, group="layers", probes="weights", names=("model.dead_parameters", "train.params_without_gradient"))
def layer_unused(node: cst.Assign, code: Code) -> Made:
    """A layer that nothing goes through."""
    found = _layer(node, code)
    last = [one for one in smalls(code.statements(node)) if isinstance(one, cst.Assign) and _layer(one, code)]
    if found is not None and last and last[-1] is node:
        yield Edit((code.after(node, "self.unused = torch.nn.Linear(3, 2)"),))


def _layer(node: cst.Assign, code: Code) -> cst.BaseExpression | None:
    """`self.name` of a statement that makes a layer with weights."""
    function = code.function(node)
    made = isinstance(node.value, cst.Call) and called(node.value) in _WEIGHTED
    one = targets(node)[0]
    if function is None or function.name.value != "__init__" or not made or not isinstance(one, cst.Attribute):
        return None
    return one if text(one.value) == "self" else None


@operator(cst.Call, group="layers", probes="weights", names=_UNSEEN)
def parameters_unregistered(call: cst.Call, code: Code) -> Made:
    """A list for a `ModuleList`, a tensor for a `Parameter`."""
    if called(call) in ("ModuleList", "ParameterList") and call.args:
        yield f"list({text(call.args[0].value)})"
    if called(call) == "Parameter" and call.args:
        inner = text(call.args[0].value)
        yield inner if isinstance(call.args[0].value, cst.Call) else f"({inner})"


@operator(cst.Expr, group="layers", probes="networks", names=("call.failed", "name.*", "notebook.*"))
def super_dropped(node: cst.Expr, code: Code) -> Made:
    """`super().__init__()` left out."""
    if called(node.value) == "__init__" and text(node.value).startswith("super("):
        yield Edit((code.dropped(node),))


@operator(cst.Call, group="layers", probes="networks", names=("model.dead_parameters", "recurrence.*", "shape.*", "cnn.*", "train.*", "output.*", *PLAIN))
def layer_skipped(call: cst.Call, code: Code) -> Made:
    """What should go through a layer goes past it."""
    function = code.function(call)
    if function is None or function.name.value != "forward" or len(call.args) != 1:
        return
    if isinstance(call.func, cst.Attribute) and text(call.func.value) == "self" and not called(call).startswith("_"):
        parent = code.parent(call)
        if not (isinstance(parent, cst.Assign) and isinstance(parent.targets[0].target, cst.Tuple)):
            yield text(call.args[0].value)


@operator(cst.Call, group="layers", probes="networks", names=("call.failed", "shape.wrong", "name.*", "notebook.*", "batch.fixed_size", "cnn.sizes"))
def sizes_exchanged(call: cst.Call, code: Code) -> Made:
    """The size that goes in and the size that comes out change places."""
    args = positional(call)
    if called(call) in _WEIGHTED and len(args) >= 2:
        rest = [written(arg) for arg in call.args if arg not in args[:2]]
        said = f"{text(call.func)}({', '.join([written(args[1]), written(args[0]), *rest])})"
        yield said


@operator(cst.Call, group="layers", probes="networks", names=("model.argument_ignored", "call.failed", "state.*", *PLAIN))
def recurrent_kind_changed(call: cst.Call, code: Code) -> Made:
    """A GRU for an RNN, an RNN for a GRU, which is anyone's choice where the lesson asks for neither."""
    other = {"GRU": "RNN", "RNN": "GRU"}.get(called(call))
    part = code.part(call)
    takes_any = part is not None and set(part.about) <= {"Net", "Tagger", "CharModel", "Encoder", "Decoder", "build_rnn"}
    if other and isinstance(call.func, cst.Attribute) and takes_any and not keyword(call, "nonlinearity"):
        rest = ", ".join(map(written, call.args))
        yield Edit((code.instead(call, f"{text(call.func.value)}.{other}({rest})"),), None, "recurrent_kind")


@operator(cst.Call, group="layers", probes="images")
def pooling_changed(call: cst.Call, code: Code) -> Made:
    """The mean for the maximum, the maximum for the mean; or another step."""
    other = {"max_pool2d": "avg_pool2d", "avg_pool2d": "max_pool2d", "MaxPool2d": "AvgPool2d", "AdaptiveMaxPool2d": "AdaptiveAvgPool2d"}
    part = code.part(call)
    if part is None or not set(part.about) & {"CNN", "max_pool2d", "avg_pool2d"}:
        return
    name = called(call)
    if name in other and isinstance(call.func, cst.Attribute):
        said = f"{text(call.func.value)}.{other[name]}({', '.join(map(written, call.args))})"
        yield Edit((code.instead(call, said),), ("cnn.avg_for_max", "cnn.max_for_avg"))
    held = receiver(call)
    swapped = {"max": "mean", "mean": "max", "amax": "mean"}.get(name)
    if swapped and held is not None and "CNN" not in part.about and text(held) not in ("torch", "np"):
        said = f"{text(held)}.{swapped}({', '.join(map(written, call.args))})"
        yield Edit((code.instead(call, said),), ("cnn.avg_for_max", "cnn.max_for_avg", "cnn.mean_of_window"))


@operator(cst.Name, group="layers", probes="images")
def kernel_turned(name: cst.Name, code: Code) -> Made:
    """The kernel is flipped, as in mathematics, or its rows and columns are exchanged."""
    function = code.function(name)
    params = parameters(function)
    if function is None or function.name.value != "conv2d" or len(params) < 2 or name.value != params[1]:
        return
    parent = code.parent(name)
    if isinstance(parent, cst.BinaryOperation | cst.Arg) and not calls_size(parent):
        yield Edit((code.instead(name, f"{name.value}.flip(0, 1)"),), ("cnn.kernel_flipped",))
        yield Edit((code.instead(name, f"{name.value}.T"),), ("cnn.kernel_transposed",))


def calls_size(node: cst.CSTNode) -> bool:
    return bool(calls(node, "size", "len")) or isinstance(node, cst.Arg) and node.keyword is not None


@operator(cst.Call, group="layers", probes="networks")
def layer_option_dropped(call: cst.Call, code: Code) -> Made:
    """`padding=1`, `stride=2`, `dilation=d` of a layer left out."""
    for name in ("padding", "stride", "dilation", "kernel_size", "attn_mask", "dim", "num_classes"):
        arg = keyword(call, name)
        if arg and not (name == "dim" and not names_in(call.func)):
            names = ("cnn.*", *PLAIN) if name in ("padding", "stride", "kernel_size") else None
            yield Edit((code.instead(call, without(call, arg)),), names)


OPERATORS = (
    activation_changed, bias_dropped, layers_ignored, argument_ignored, layer_in_a_list, layer_frozen,
    layer_unused, parameters_unregistered, super_dropped, layer_skipped, sizes_exchanged, recurrent_kind_changed,
    pooling_changed, kernel_turned, layer_option_dropped,
)  # fmt: skip
