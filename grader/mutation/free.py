"""What the contract leaves free: edits that change only that make no wrong answer. The rules, each with its
reason, are fixed before anything is graded; a mutant that one of them names is *still right*.

The promise behind all of them: nothing depends on names that the contract does not give, on seeds or stored
constants, or on an architecture where behaviour is the promise. An operator that makes nothing else says its
rule itself; the rules below ask where an edited number stands. A lesson names what it leaves free beside that
in lesson.toml:

    [mutation]
    free = ["width"]
"""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.syntax import CELLS, LAYERS, OPTIMISERS, called, calls, targets, text, whole
from grader.mutation.telling import walk

RULES: dict[str, str] = {
    "learning_rate": "Learning rates may be scheduled or scaled inside, by a factor of at most two.",
    "optimiser": "Which optimiser, and with which settings, is anyone's choice.",
    "schedule": "So are schedules, clipping, patience and when the best moment was.",
    "hidden_size": "A size that the function chooses itself may be another one.",
    "architecture": "What stands between the layers of a network, and a layer's bias, is anyone's choice.",
    "recurrent_kind": "Where the lesson asks for no kind of recurrent layer, each kind is right.",
    "batch_size": "Into how many pieces a data set is cut is anyone's choice, if its labels are cut alike.",
    "start": "How weights begin, and with which seed, is anyone's choice.",
    "dropout_rate": "How much is dropped in training is anyone's choice.",
    "losses_told": "Losses that come back may be any finite numbers.",
    "loss_scale": "A sum in place of a mean is a larger step, and no other one to an optimiser such as Adam.",
    "tiny_number": "A number that only keeps a division from 0 may be another tiny one.",
    "vocab_order": "The order of a vocabulary may be any; one that changes from day to day is a remark.",
    "total_length": "An answer as wide as the longest word is accepted with a remark.",
    "graph_at_evaluation": "At evaluation a graph may be recorded that nobody uses.",
    "own_argument": "Arguments that the contract does not know may mean anything.",
    "lesson": "The lesson's own table names it.",
}
"""Every rule and its reason."""

_CUTS = ("split", "chunk")
_INITIAL = ("randn", "rand", "uniform_", "normal_", "empty", "xavier_uniform_", "manual_seed", "mul_")
_SCHEDULES = (
    "ExponentialLR", "StepLR", "LambdaLR", "CosineAnnealingLR", "ReduceLROnPlateau", "clip_grad_norm_",
    "clip_grad_value_",
)  # fmt: skip
_NUMBERS = ("number_changed", "real_number_changed")


def rule(operator: str, node: cst.CSTNode, code: Code, names: tuple[str, ...]) -> str | None:
    """The rule by which an edit of this node leaves the solution right; `names` are those that the lesson's
    own table leaves free."""
    if operator == "total_length_dropped":
        return "total_length"
    function = code.function(node)
    part = code.part(node)
    about = set(part.about) if part else set()
    whole_line = operator in ("statement_dropped", "answers_exchanged")
    if function is not None and not whole_line and about == {"train"} and _only_told(node, code):
        return "losses_told"
    if operator not in _NUMBERS:
        return None
    if _near(node, code, names):
        return "lesson"
    return _number(operator, node, code, about)


def _number(operator: str, node: cst.CSTNode, code: Code, about: set[str]) -> str | None:
    """Of a number that is written down: by its call, and by what it is called there."""
    around = [one for one in code.ancestors(node) if isinstance(one, cst.Call)]
    named = {called(one) for one in around}
    keyword = _keyword(node, code)
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


def _scales_a_beginning(around: list[cst.Call]) -> bool:
    """Whether a number stands beside random ones, as in `Parameter(torch.randn(n) / n**0.5)`."""
    made = next((one for one in around if called(one) == "Parameter"), None)
    return made is not None and bool(calls(made, *_INITIAL))


def dropout_rate(node: cst.CSTNode, code: Code) -> str | None:
    """The rule where what is written there goes into a name that a layer takes as its dropout."""
    assign, function = code.nearest(node, cst.Assign), code.function(node)
    if assign is None or function is None:
        return None
    given = {one.value for one in targets(assign) if isinstance(one, cst.Name)}
    rates = {
        text(arg.value)
        for call in walk(function)
        if isinstance(call, cst.Call)
        for arg in call.args
        if called(call) == "Dropout" or (arg.keyword is not None and arg.keyword.value == "dropout")
    }
    return "dropout_rate" if given & rates else None


def _keyword(node: cst.CSTNode, code: Code) -> str:
    arg = code.nearest(node, cst.Arg)
    return arg.keyword.value if arg is not None and arg.keyword is not None else ""


def _beside(name: str, node: cst.CSTNode, code: Code) -> bool:
    """Whether a number is reckoned with this name."""
    parent = code.parent(node)
    return isinstance(parent, cst.BinaryOperation) and name in text(parent)


def _near(node: cst.CSTNode, code: Code, names: tuple[str, ...]) -> bool:
    """Whether a number is given to, or reckoned with, a name that the lesson leaves free."""
    assign = code.nearest(node, cst.Assign)
    given = {one.value for one in targets(assign) if isinstance(one, cst.Name)} if assign else set()
    return any(name in given or name == _keyword(node, code) or _beside(name, node, code) for name in names)


def _only_told(node: cst.CSTNode, code: Code) -> bool:
    """Whether it stands in a statement whose value goes nowhere but into the losses that come back."""
    feeders = code.only_returned
    return node in feeders or any(above in feeders for above in code.ancestors(node))
