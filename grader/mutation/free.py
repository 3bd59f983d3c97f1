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
from grader.mutation.free_numbers import keyword_of, near, of_number
from grader.mutation.free_series import is_tiny, other_line
from grader.mutation.free_training import (
    divides_by_count,
    keeps_best,
    listed_and_returned,
    only_told,
    turns,
    turns_by_chance,
)
from grader.mutation.names import NETWORKS
from grader.mutation.syntax import (
    LAYERS,
    OPTIMISERS,
    adds,
    called,
    calls,
    parameters,
    receiver,
    targets,
    text,
)
from grader.mutation.telling import walk

RULES: dict[str, str] = {
    "learning_rate": "Learning rates may be scheduled or scaled inside, by a factor of at most two.",
    "optimiser": "Which optimiser, and with which settings, is anyone's choice.",
    "schedule": "So are schedules, clipping, patience and which moment of a training is kept.",
    "hidden_size": "A size that the function chooses itself may be another one.",
    "architecture": "What stands between the layers of a network, and a layer's bias, is anyone's choice.",
    "recurrent_kind": "Where the lesson asks for no kind of recurrent layer, each kind is right.",
    "order_of_examples": "In which order the examples of an epoch are shown is anyone's choice.",
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
    "log_probabilities": "What a decoder says are log-probabilities, of which both losses are one number.",
    "number_as_tensor": "A number may come as a tensor of one number.",
    "affine_scaling": "Any line of its own for each column, by the training rows, is a scale.",
    "source_end": "An encoder may read the end of the source, or not.",
    "test_windows": "Test windows may borrow the last training rows, or not.",
    "own_argument": "Arguments that the contract does not know may mean anything.",
    "lesson": "The lesson's own table names it.",
}
"""Every rule and its reason."""

_WITH_BIAS = (*LAYERS, "Linear", "Conv1d", "Conv2d")
_TAKE_REALS = {"Net", "Tagger", "RecurrentNeuralNetworkClass", "CNN"}
_REAL_INPUTS = ("x", "X", "images")  # what they call the argument that holds real numbers by contract
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
    whole_line = operator == "answers_exchanged" or (
        operator == "statement_dropped" and not isinstance(node, cst.AugAssign)
    )
    # What a helper returns is no loss that is told.
    itself = function if function is not None and function.name.value == "train" else None
    if itself is not None and about == {"train"} and not whole_line and only_told(node, itself, code):
        return "losses_told"
    if (named := other_line(operator, node, code)) is not None:
        return named
    if (named := _by_operator(operator, node, code, about)) is not None:
        return named
    if operator not in _NUMBERS:
        return None
    if near(node, code, names):
        return "lesson"
    return of_number(operator, node, code, about)


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
        case "other_kind_of_number" if about == {"make_dataset"} and "np.float32" in text(node):
            return "precision"
        case "other_kind_of_number" if about and about <= _FORMULAS and _cast(node, code, "float", "double"):
            return "precision"
        case "truth_changed":
            return _switch(node, code, about)
        case "detach_dropped" if about == {"train"} and listed_and_returned(node, code):
            return "losses_told"
        case "detach_dropped" if about == {"accuracy"} and called(node) == "item":
            return "number_as_tensor"
        case "comparison_changed" | "condition_decided" | "statement_dropped" if keeps_best(node, code):
            return "schedule"
        case "nll_on_logits" if about == {"train"} and _has_decoder(node, code):
            return "log_probabilities"
        case "walked_backwards" if about and about <= {"train", "fit"} and turns(node):
            return "order_of_examples"
        case "stop_dropped" if about and about <= {"train", "fit"} and turns(code.loop(node)):
            return "schedule"
        case "ended_after_one_turn" if turns_by_chance(node, code):
            return "order_of_examples"
        case "sign_changed" if _adds_a_layer(code.parent(node), about):
            return "architecture"
        case "sign_changed" if adds(added := code.parent(node)) and is_tiny(added.right):
            return "tiny_number"
        case "sign_changed" if shifts(code.parent(node), code):
            return "softmax_range"
        case "sign_changed" if divides_by_count(code.parent(node), code):
            return "loss_scale"
    return None


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


def _switch(node: cst.CSTNode, code: Code, about: set[str]) -> str | None:
    """Of an option that is on or off."""
    call, option = code.nearest(node, cst.Call), keyword_of(node, code)
    of = called(call) if call is not None else ""
    if option == "bias" and of in _WITH_BIAS and about and about <= {*NETWORKS, "CNN"}:
        return "architecture"
    if option == "shuffle" and of == "DataLoader":
        return "order_of_examples"
    return "optimiser" if option and of in OPTIMISERS and option != "maximize" else None


def _has_decoder(node: cst.CSTNode, code: Code) -> bool:
    around = [one for one in code.ancestors(node) if isinstance(one, cst.FunctionDef)]
    return any("decoder" in parameters(one) for one in around)


def _adds_a_layer(node: cst.CSTNode | None, about: set[str]) -> bool:
    """Whether it is `x + self.layer(...)` of a network, whose weights may have either sign."""
    added = adds(node) and isinstance(node.right, cst.Call) and text(node.right).startswith("self.")
    return added and bool(about) and about <= NETWORKS


def _cast(node: cst.CSTNode, code: Code, *to: str) -> str:
    """The argument `x` of `x.float()`, as it came; "" where it is anything else."""
    held = receiver(node) if isinstance(node, cst.Call) and called(node) in to else None
    given = isinstance(held, cst.Name) and held.value in parameters(code.function(node))
    return held.value if given and isinstance(held, cst.Name) else ""


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
