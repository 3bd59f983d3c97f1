"""What the contract leaves free of a number that is written down."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.syntax import CELLS, LAYERS, OPTIMISERS, called, calls, targets, text, whole

_CUTS = ("split", "chunk")
_INITIAL = ("randn", "rand", "uniform_", "normal_", "empty", "xavier_uniform_", "manual_seed", "mul_")
_SCHEDULES = (
    "ExponentialLR", "StepLR", "LambdaLR", "CosineAnnealingLR", "ReduceLROnPlateau", "clip_grad_norm_",
    "clip_grad_value_",
)  # fmt: skip


def of_number(operator: str, node: cst.CSTNode, code: Code, about: set[str]) -> str | None:
    """The rule, by the number's call and by what it is called there."""
    around = [one for one in code.ancestors(node) if isinstance(one, cst.Call)]
    named = {called(one) for one in around}
    keyword = keyword_of(node, code)
    value = whole(node)
    if keyword == "k" and named & {"choices", "sample"} and about == {"train"}:
        return "batch_size"
    training = about <= {"train", "fit"} and bool(about)
    if keyword == "lr" or _beside("learning_rate", node, code):
        return None
    if named & set(_SCHEDULES):
        return "schedule"
    if named & set(OPTIMISERS):
        return "optimiser"
    if "Dropout" in named or keyword == "dropout":
        return "dropout_rate"
    beginning = bool(named & set(_INITIAL)) or _scales_a_beginning(around)
    if "manual_seed" in named or (beginning and operator == "real_number_changed"):
        return "start"
    if isinstance(node, cst.Float) and 0 < float(node.value) < 1e-4 and about != {"minmax_scaler"}:
        return "tiny_number"
    if value is None or value < 8:
        return None
    first = called(around[0]) if around else ""
    if (
        first in _CUTS and (training or about == {"accuracy"}) and "zip" not in named
    ) or keyword == "batch_size":
        return "batch_size"
    if keyword in ("hidden", "hidden_size") or (training and first in ("CharModel", "Net")):
        return "hidden_size"
    inside = first in (*LAYERS, *CELLS, "Linear", "Embedding") and "CNN" not in about
    return "hidden_size" if inside else None


def near(node: cst.CSTNode, code: Code, names: tuple[str, ...]) -> bool:
    """Whether a number is given to, or reckoned with, a name that the lesson leaves free."""
    assign = code.nearest(node, cst.Assign)
    given = {one.value for one in targets(assign) if isinstance(one, cst.Name)} if assign else set()
    return any(name in given or name == keyword_of(node, code) or _beside(name, node, code) for name in names)


def keyword_of(node: cst.CSTNode, code: Code) -> str:
    """The name under which it is given to a call; "" where it is given by its place, or to none."""
    arg = code.nearest(node, cst.Arg)
    return arg.keyword.value if arg is not None and arg.keyword is not None else ""


def _beside(name: str, node: cst.CSTNode, code: Code) -> bool:
    """Whether a number is reckoned with this name."""
    parent = code.parent(node)
    return isinstance(parent, cst.BinaryOperation) and name in text(parent)


def _scales_a_beginning(around: list[cst.Call]) -> bool:
    """Whether a number stands beside random ones, as in `Parameter(torch.randn(n) / n**0.5)`."""
    made = next((one for one in around if called(one) == "Parameter"), None)
    return made is not None and bool(calls(made, *_INITIAL))
