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

import re

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.syntax import (
    CELLS,
    LAYERS,
    OPTIMISERS,
    called,
    calls,
    parameters,
    receiver,
    targets,
    text,
    whole,
)
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
    "kept_at_zero": "A bias, or a first state, that begins with zeros may stay there.",
    "single_precision": "Real numbers that the contract gives are float32 already.",
    "answer_alone": "Where the contract asks for one tensor, nothing else has to come with it.",
    "feature_order": "In which fixed order a Linear layer is given its features is anyone's choice.",
    "dropout_rate": "How much is dropped in training is anyone's choice.",
    "losses_told": "Losses that come back may be any finite numbers.",
    "loss_scale": "A sum in place of a mean is a larger step, and no other one to an optimiser such as Adam.",
    "tiny_number": "A number that only keeps a division from 0 may be another tiny one.",
    "vocab_order": "The order of a vocabulary may be any; one that changes from day to day is a remark.",
    "total_length": "An answer as wide as the longest word is accepted with a remark.",
    "graph_at_evaluation": "At evaluation a graph may be recorded that nobody uses.",
    "written_without_learning": "What only writes, predicts or counts need not carry gradients.",
    "precision": "In which precision a formula is reckoned is anyone's choice.",
    "softmax_range": "A softmax may overflow at large scores: that is a remark, without points.",
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
_TAKE_REALS = {"Net", "Tagger", "RecurrentNeuralNetworkClass", "CNN"}
_REAL_INPUTS = ("x", "X", "images")  # what they call the argument that holds real numbers by contract
_SCALE_FREE = ("Adam", "AdamW", "NAdam", "RAdam", "Adamax", "RMSprop")
_WRITES = {"one_to_many", "generate", "predict", "evaluate"}
_FORMULAS = {"rnn", "lstm_cell", "softmax", "cross_entropy", "sequence_loss", "masked_loss"}
"""Each is given real numbers in one precision, and keeps it."""
_NUMBERS = ("number_changed", "real_number_changed")


def rule(operator: str, node: cst.CSTNode, code: Code, names: tuple[str, ...]) -> str | None:
    """The rule by which an edit of this node leaves the solution right; `names` are those that the lesson's
    own table leaves free."""
    function = code.function(node)
    part = code.part(node)
    about = set(part.about) if part else set()
    whole_line = operator in ("statement_dropped", "answers_exchanged")
    if function is not None and not whole_line and about == {"train"} and _only_told(node, code):
        return "losses_told"
    if (named := _by_operator(operator, node, code, about)) is not None:
        return named
    if operator not in _NUMBERS:
        return None
    if _near(node, code, names):
        return "lesson"
    return _number(operator, node, code, about)


def _by_operator(operator: str, node: cst.CSTNode, code: Code, about: set[str]) -> str | None:
    """Of what one operator alone makes."""
    match operator:
        case "total_length_dropped":
            return "total_length"
        case "state_detached" if about and about <= _WRITES:
            return "written_without_learning"
        case "layer_skipped" if _is_dropout(node, code):
            return "dropout_rate"
        case "other_kind_of_number" if (
            about and about <= _TAKE_REALS and _cast(node, code, "float") in _REAL_INPUTS
        ):
            return "single_precision"
        case "other_kind_of_number" if about and about <= _FORMULAS and _cast(node, code, "float", "double"):
            return "precision"
        case "sign_changed" if shifts(code.parent(node), code):
            return "softmax_range"
        case "sign_changed" if divides_by_count(code.parent(node), code):
            return "loss_scale"
    return None


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


def shifts(node: cst.CSTNode | None, code: Code) -> bool:
    """Whether it is `scores - scores.max(...)` of a softmax, which any other shift of a row leaves the same;
    what a cross-entropy stands on has to stay in range."""
    part = code.part(node) if node is not None else None
    return (
        part is not None
        and set(part.about) == {"softmax"}
        and isinstance(node, cst.BinaryOperation)
        and isinstance(node.operator, cst.Subtract)
        and bool(calls(node.right, "max", "amax"))
    )


def _cast(node: cst.CSTNode, code: Code, *to: str) -> str:
    """The argument `x` of `x.float()`, as it came; "" where it is anything else."""
    held = receiver(node) if isinstance(node, cst.Call) and called(node) in to else None
    given = isinstance(held, cst.Name) and held.value in parameters(code.function(node))
    return held.value if given and isinstance(held, cst.Name) else ""


def only_scales(node: cst.CSTNode, code: Code) -> bool:
    """Whether it stands in a training whose optimiser divides by the size of the gradients."""
    part = code.part(node)
    if part is None or not set(part.about) <= {"train", "fit"}:
        return False
    around = [one for one in code.ancestors(node) if isinstance(one, cst.FunctionDef)]
    return any(calls(one, *_SCALE_FREE) for one in around)


def divides_by_count(node: cst.CSTNode | None, code: Code) -> bool:
    """Whether it is a loss divided by how many numbers there are, where only the scale comes of it."""
    return (
        isinstance(node, cst.BinaryOperation)
        and isinstance(node.operator, cst.Divide)
        and called(node.right) in ("numel", "size", "len")
        and only_scales(node, code)
    )


def keeps_left(node: cst.BinaryOperation, code: Code) -> str | None:
    """The rule by which a term on the right may be left out."""
    if text(node.left) == "learning_rate":
        return "learning_rate"  # what is left is the rate as it was given
    if shifts(node, code):
        return "softmax_range"
    return "loss_scale" if divides_by_count(node, code) else None


def _is_dropout(node: cst.CSTNode, code: Code) -> bool:
    """Whether `self.name(x)` calls what a class of the cell makes as a dropout: left out, its rate is 0."""
    if not isinstance(node, cst.Call):
        return False
    return bool(re.search(rf"\bself\.{re.escape(called(node))} = [\w.]*Dropout\(", code.source))


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
