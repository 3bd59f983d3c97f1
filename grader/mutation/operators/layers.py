"""Layers: activations, biases, sizes, pooling, and weights that no optimiser can find."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import NETWORKS, PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    LAYERS,
    adding,
    called,
    keyword,
    positional,
    smalls,
    targets,
    text,
    whole,
    written,
)
from grader.mutation.telling import walk

_ACTIVATIONS = {"tanh": "sigmoid", "sigmoid": "tanh", "relu": "tanh"}
_MODULES = {"Tanh": "Sigmoid", "Sigmoid": "Tanh", "ReLU": "Tanh", "GELU": "Sigmoid"}
_WEIGHTED = (
    *LAYERS,
    "RNNCell",
    "LSTMCell",
    "GRUCell",
    "Linear",
    "Embedding",
    "Conv1d",
    "Conv2d",
    "MultiheadAttention",
)
_UNSEEN = (
    "model.unregistered_parameters",
    "model.no_parameters",
    "train.*",
    "grad.*",
    "call.failed",
    "name.*",
    "eval.nondeterministic",  # a layer that the module does not know never hears of `eval()`
    "eval.dropout_active",
)


@operator(cst.Call, group="layers", probes="networks")
def bias_dropped(call: cst.Call, code: Code) -> Made:
    """A layer without its bias, which is anyone's choice."""
    if called(call) in ("Linear", "Conv2d", *LAYERS) and not keyword(call, "bias"):
        yield Edit((code.instead(call, adding(call, "bias=False")),), None, "architecture")


@operator(cst.Assign, group="layers", probes="weights", names=_UNSEEN)
def layer_in_a_list(node: cst.Assign, code: Code) -> Made:
    """A layer that is kept in a plain list, where no optimiser finds it."""
    found = _layer(node, code)
    holder = code.nearest(node, cst.ClassDef)
    if found is None or holder is None:
        return
    name = text(found)
    uses = [
        one
        for one in walk(holder)
        if isinstance(one, cst.Attribute) and text(one) == name and one is not found
    ]
    yield Edit(
        (
            code.instead(node.value, f"[{text(node.value)}]"),
            *(code.instead(one, f"{name}[0]") for one in uses),
        )
    )


@operator(
    cst.Assign,
    group="layers",
    probes="weights",
    names=(
        "grad.frozen_parameters",
        "train.params_without_gradient",
        "train.params_not_in_optimizer",
        "call.failed",
    ),
)
def layer_frozen(node: cst.Assign, code: Code) -> Made:
    """The weights of a layer are kept from learning."""
    found = _layer(node, code)
    if found is not None:
        yield Edit((code.after(node, f"{text(found)}.requires_grad_(False)"),))


@operator(
    cst.Assign,
    group="layers",
    probes="weights",
    names=("model.dead_parameters", "train.params_without_gradient"),
)
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
    if (
        function is None
        or function.name.value != "__init__"
        or not made
        or not isinstance(one, cst.Attribute)
    ):
        return None
    return one if text(one.value) == "self" else None


@operator(cst.Call, group="layers", probes="weights", names=_UNSEEN)
def parameters_unregistered(call: cst.Call, code: Code) -> Made:
    """A list for a `ModuleList`, a tensor for a `Parameter`."""
    if called(call) in ("ModuleList", "ParameterList") and call.args:
        yield f"list({text(call.args[0].value)})"
    if called(call) == "Parameter" and call.args:
        value = call.args[0].value
        inner = text(value) if isinstance(value, cst.Call) else f"({text(value)})"
        yield Edit((code.instead(call, inner),), None, "kept_at_zero" if _stays_zero(call, value) else None)


def _stays_zero(call: cst.Call, value: cst.BaseExpression) -> bool:
    """Whether it makes a row of zeros, or zeros that were not to be learnt anyway."""
    learns_not = keyword(call, "requires_grad")
    frozen = learns_not is not None and text(learns_not.value) == "False"
    zeros = isinstance(value, cst.Call) and called(value) == "zeros"
    return zeros and isinstance(value, cst.Call) and (frozen or _is_row(value))


def _is_row(zeros: cst.Call) -> bool:
    """Whether it is no weight between two layers: only its last axis is longer than 1, or it has three axes
    or more, as the first states of stacked layers have."""
    sizes = positional(zeros)
    return len(sizes) > 2 or all(whole(size.value) == 1 for size in sizes[:-1])


@operator(cst.Expr, group="layers", probes="networks", names=("call.failed", "name.*", "notebook.*"))
def super_dropped(node: cst.Expr, code: Code) -> Made:
    """`super().__init__()` left out."""
    if called(node.value) == "__init__" and text(node.value).startswith("super("):
        yield Edit((code.dropped(node),))


@operator(
    cst.Call,
    group="layers",
    probes="networks",
    names=(
        "model.dead_parameters",
        "recurrence.*",
        "shape.*",
        "cnn.*",
        "train.*",
        "output.*",
        "batch.fixed_size",
        "loss.nll_on_*",
        *PLAIN,
    ),
)
def layer_skipped(call: cst.Call, code: Code) -> Made:
    """What should go through a layer goes past it."""
    function = code.function(call)
    if function is None or function.name.value != "forward" or len(call.args) != 1:
        return
    if (
        isinstance(call.func, cst.Attribute)
        and text(call.func.value) == "self"
        and not called(call).startswith("_")
    ):
        parent = code.parent(call)
        if not (isinstance(parent, cst.Assign) and isinstance(parent.targets[0].target, cst.Tuple)):
            yield text(call.args[0].value)


@operator(
    cst.Call,
    group="layers",
    probes="networks",
    names=("call.failed", "shape.wrong", "name.*", "notebook.*", "batch.fixed_size", "cnn.sizes"),
)
def sizes_exchanged(call: cst.Call, code: Code) -> Made:
    """The size that goes in and the size that comes out change places."""
    args = positional(call)
    if called(call) in _WEIGHTED and len(args) >= 2:
        rest = [written(arg) for arg in call.args if arg not in args[:2]]
        said = f"{text(call.func)}({', '.join([written(args[1]), written(args[0]), *rest])})"
        yield said


@operator(
    cst.Call,
    group="layers",
    probes="networks",
    names=("model.argument_ignored", "call.failed", "state.*", *PLAIN),
)
def recurrent_kind_changed(call: cst.Call, code: Code) -> Made:
    """A GRU for an RNN, an RNN for a GRU, which is anyone's choice where the lesson asks for neither."""
    other = {"GRU": "RNN", "RNN": "GRU"}.get(called(call))
    part = code.part(call)
    takes_any = part is not None and set(part.about) <= {*NETWORKS, "build_rnn"}
    chosen = any(isinstance(above, cst.If | cst.IfExp) for above in code.ancestors(call))  # by its name
    plain = takes_any and not keyword(call, "nonlinearity")
    if other and isinstance(call.func, cst.Attribute) and plain:
        rest = ", ".join(map(written, call.args))
        free = None if chosen else "recurrent_kind"
        yield Edit((code.instead(call, f"{text(call.func.value)}.{other}({rest})"),), None, free)


OPERATORS = (
    bias_dropped,
    layer_in_a_list,
    layer_frozen,
    layer_unused,
    parameters_unregistered,
    super_dropped,
    layer_skipped,
    sizes_exchanged,
    recurrent_kind_changed,
)
