"""States: which step, which layer, which of two states, and whether a state is carried at all."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    called,
    calls,
    flat,
    names_in,
    positional,
    replacing,
    targets,
    text,
    whole,
    written,
)
from grader.mutation.telling import walk

_FORGETS = (
    "recurrence.*",
    "rnn.state_not_carried",
    "rnn.recurrent_term_missing",
    "rnn.h0_ignored",
    "rnn.differs",
    "output.last_step_only",
    "output.steps_ignored",
    "encoder.state_ignored",
    "decoder.state_ignored",
    "seq2seq.encoder_state_dropped",
    "seq2seq.decoder_state_dropped",
    "seq2seq.encoder_state_unused",
    "eval.encoder_state_unused",
    "text.context_lost",
    "text.not_fed_back",
    "lstm.state_ignored",
    "lstm.cell_not_carried",
    "model.dead_parameters",
    "train.params_without_gradient",
    "grad.*",
    "decoder.state_not_updated",
    "seq2seq.source_not_fully_read",
    "eval.own_output_not_fed_back",
)
_NETWORKS = ("encoder", "decoder", "cell", "rnn", "enc", "dec", "net", "model")


@operator(cst.Subscript, group="states", probes="last_step")
def last_taken_elsewhere(node: cst.Subscript, code: Code) -> Made:
    """`[:, -1]` becomes `[:, 0]`, `[:, -2]` or `[-1]`; `[-1]` becomes `[0]` or `[:, -1]`."""
    inside = [element.slice for element in node.slice]
    index = [whole(one.value) if isinstance(one, cst.Index) else None for one in inside]
    held = text(node.value)
    if len(inside) == 1 and index[0] == -1:
        state = ("state.first_layer_used", "rnn.last_state_wrong", "output.*", "model.dead_parameters")
        yield Edit((code.instead(node, f"{held}[0]"),), _and_function(node, code, state))
        if not _is_list(node, code):
            yield Edit(
                (code.instead(node, f"{held}[:, -1]"),), _and_function(node, code, ("axis.*", "batch.*"))
            )
    elif len(inside) >= 2 and index[1] == -1 and isinstance(inside[0], cst.Slice):
        rest = "".join(f", {text(element.slice)}" for element in node.slice[2:])
        first = ("output.first_step_only", "output.steps_ignored", "rnn.last_state_wrong")
        yield Edit((code.instead(node, f"{held}[:, 0{rest}]"),), _and_function(node, code, first))
        yield Edit(
            (code.instead(node, f"{held}[:, -2{rest}]"),),
            _and_function(node, code, ("output.steps_ignored", "rnn.last_state_wrong", "loss.not_all_steps")),
        )
        wrong_axis = ("batch.*", "axis.*", "rnn.last_state_wrong")
        yield Edit((code.instead(node, f"{held}[-1{rest}]"),), _and_function(node, code, wrong_axis))
        yield Edit((code.instead(node, held),), _and_function(node, code, ("rnn.last_state_wrong",)))


def _and_function(node: cst.CSTNode, code: Code, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """These names in code about a network's answer; elsewhere what the function is for decides."""
    part = code.part(node)
    about = part.about if part else ()
    networks = {
        "Net",
        "Tagger",
        "RecurrentNeuralNetworkClass",
        "CharModel",
        "many_to_one",
        "CNN",
        "build_rnn",
    }
    return (*names, *PLAIN) if set(about) & networks else None


def _is_list(node: cst.Subscript, code: Code) -> bool:
    function = code.function(node)
    name = text(node.value)
    return function is not None and f"{name} = []" in code.text(function)


@operator(
    cst.Assign,
    group="states",
    probes="state",
    names=(
        "state.cell_state_used",
        "lstm.states_swapped",
        "lstm.differs",
        "rnn.last_state_wrong",
        "batch.*",
        *PLAIN,
    ),
)
def states_swapped(node: cst.Assign, code: Code) -> Made:
    """`(h, c)` unpacked as `(c, h)`: the cell state stands where the hidden state should."""
    if not isinstance(node.value, cst.Call) or len(node.targets) != 1:
        return
    target = node.targets[0].target
    if not isinstance(target, cst.Tuple) or len(target.elements) != 2:
        return
    function = code.function(node)
    for pair in (target, target.elements[1].value):
        if isinstance(pair, cst.Tuple) and len(pair.elements) == 2:
            first, second = (text(element.value) for element in pair.elements)
            used = {first, second} & read_after(node, function)
            if used and all(isinstance(one.value, cst.Name) for one in pair.elements):
                yield Edit((code.instead(pair, f"{second}, {first}"),))


def read_after(node: cst.Assign, function: cst.FunctionDef | None) -> set[str]:
    """Names that the function reads anywhere but in what this statement writes to."""
    if function is None:
        return set()
    skip = {one for target in node.targets for one in walk(target)}
    return {one.value for one in walk(function.body) if isinstance(one, cst.Name) and one not in skip}


@operator(cst.Call, group="states", probes="flow", names=(*_FORGETS, *PLAIN))
def state_zeroed(call: cst.Call, code: Code) -> Made:
    """What a cell, an encoder or a decoder is given as its state is zero each time."""
    args = positional(call)
    if len(args) != 2 or not _is_network(call, code):
        return
    state = args[1].value
    if isinstance(state, cst.Name):
        yield replacing(call, args[1], f"torch.zeros_like({text(state)})")
    elif isinstance(state, cst.Tuple) and code.loop(call) is not None:
        zeros = ", ".join(f"torch.zeros_like({text(one.value)})" for one in state.elements)
        yield replacing(call, args[1], f"({zeros})")


@operator(cst.Call, group="states", probes="flow", names=(*_FORGETS, *PLAIN))
def state_left_out(call: cst.Call, code: Code) -> Made:
    """The state is not handed over at all."""
    args = positional(call)
    if len(args) == 2 and _is_network(call, code) and called(call) not in ("encoder", "decoder"):
        yield f"{text(call.func)}({written(args[0])})"


def _is_network(call: cst.Call, code: Code) -> bool:
    func = call.func
    if isinstance(func, cst.Attribute):
        return text(func.value) in ("self", "self.encoder", "self.decoder") and func.attr.value not in (
            "step",
            "dropout",
        )
    if isinstance(func, cst.Subscript):
        return "self." in text(func)
    return isinstance(func, cst.Name) and func.value in _NETWORKS


@operator(cst.Assign, group="states", probes="flow", names=(*_FORGETS, *PLAIN))
def state_not_kept(node: cst.Assign, code: Code) -> Made:
    """In a loop, what a step makes of the state is thrown away."""
    if code.loop(node) is None or not isinstance(node.value, cst.Call) or len(node.targets) != 1:
        return
    if node.targets[0].target and isinstance(node.targets[0].target, cst.Tuple):
        given = names_in(node.value)
        for one in flat(node.targets[0].target):
            if isinstance(one, cst.Name) and one.value in given and one.value != "_":
                yield Edit((code.instead(one, "_"),))


@operator(
    cst.Assign,
    group="states",
    probes="determinism",
    names=(
        "eval.random_initial_state",
        "eval.nondeterministic",
        "eval.encoder_state_unused",
        "rnn.differs",
        "recurrence.none",
        "seq2seq.encoder_state_not_reset",
        "rnn.h0_ignored",
        "seq2seq.first_state_random",
    ),
)
def first_state_random(node: cst.Assign, code: Code) -> Made:
    """A first state of random numbers in place of zeros."""
    for call in zero_states(node, code):
        name = "randn_like" if called(call) == "zeros_like" else "randn"
        args = ", ".join(written(arg) for arg in call.args)
        if called(call) != "new_zeros":
            yield Edit((code.instead(call, f"torch.{name}({args})"),))


def zero_states(node: cst.Assign, code: Code) -> list[cst.Call]:
    """The calls that make zeros for a name which some network is then given as its state."""
    function = code.function(node)
    if function is None:
        return []
    zeros = calls(node.value, "zeros", "zeros_like", "new_zeros")
    names = {one.value for one in targets(node) if isinstance(one, cst.Name)}
    given = {
        name
        for call in walk(function)
        if isinstance(call, cst.Call) and len(positional(call)) == 2 and _is_network(call, code)
        for name in names_in(positional(call)[1].value)
    }
    return zeros if names & given else []


OPERATORS = (
    last_taken_elsewhere,
    states_swapped,
    state_zeroed,
    state_left_out,
    state_not_kept,
    first_state_random,
)
