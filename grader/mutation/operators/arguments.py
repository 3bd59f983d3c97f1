"""Arguments: a size, a kind, a budget that is asked for and makes no difference."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    LAYERS,
    called,
    keyword,
    positional,
    replacing,
    text,
)


@operator(
    cst.Call,
    group="layers",
    probes="networks",
    names=(
        "model.argument_ignored",
        "model.layer_count",
        "model.dead_parameters",
        "batch.fixed_size",
        "call.failed",
    ),
)
def layers_ignored(call: cst.Call, code: Code) -> Made:
    """The number of layers that was asked for makes no difference."""
    if called(call) not in LAYERS:
        return
    arg = keyword(call, "num_layers") or next(iter(positional(call)[2:3]), None)
    if arg is not None and isinstance(arg.value, cst.Name):
        part = code.part(call)
        free = "own_argument" if part is not None and set(part.about) == {"CharModel"} else None
        for other in ("1", f"{text(arg.value)} + 1"):
            yield Edit((code.instead(call, replacing(call, arg, other)),), None, free)


_SIZES = ("input_size", "hidden_size", "input_dim", "hidden_dim", "output_dim", "output_size", "n_classes")
"""As the contracts of networks name them."""


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
        "iterations",
        "epochs",
        "learning_rate",
        "cell",
        "layers",
        "n_layer",
        "name",
        "xdim",
        "hdim",
        "ydim",
        "stride",
        "padding",
        "train_ratio",
        "teacher_forcing_ratio",
        "print_every",
        "pad_index",
        *_SIZES,
    }
    return None if name.value in known or part is None or "lstm" in part.about else "own_argument"


def _ignored(name: str) -> tuple[str, ...] | None:
    """Names of what happens without an argument; None where the function's own names have to do."""
    budget = ("train.epochs_ignored", "train.too_slow", "accuracy.low", "baseline.not_beaten")
    sizes = (
        "model.argument_ignored",
        "call.failed",
        "shape.wrong",
        "batch.fixed_size",
        "axis.batch_time_swapped",
    )
    return {
        **dict.fromkeys(("iterations", "epochs", "n_iter"), budget),
        **dict.fromkeys(("cell", "layers", "n_layer", "hdim", "xdim", "ydim", "hidden", *_SIZES), sizes),
        "learning_rate": ("model.argument_ignored", "train.*", "accuracy.low", "baseline.not_beaten"),
        "stride": ("cnn.stride_ignored", "cnn.*", *PLAIN),
        "padding": ("cnn.padding_wrong", "cnn.*", *PLAIN),
        "teacher_forcing_ratio": ("tf.always", "tf.ratio_wrong"),
        "train_ratio": ("leak.*", "window.count", "window.order"),
    }.get(name)


OPERATORS = (
    layers_ignored,
    argument_ignored,
)
