"""Recurrence: whether a state is carried from step to step, reset in time, and walked in the right order."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.operators.states import read_after, zero_states
from grader.mutation.syntax import (
    CELLS,
    LAYERS,
    adding,
    called,
    calls,
    keyword,
    named,
    names_in,
    parameters,
    smalls,
    targets,
    text,
)
from grader.mutation.telling import walk


@operator(
    cst.Assign,
    group="states",
    probes="flow",
    names=(
        "seq2seq.encoder_state_not_reset",
        "eval.state_carried_over",
        "train.*",
        "grad.*",
        "batch.*",
        "eval.uses_target",
        "packing.*",
        "causal.*",
        "eval.encoder_state_unused",
        *PLAIN,
    ),
)
def state_not_reset(node: cst.Assign, code: Code) -> Made:
    """The zero state is made once, before the loop: what follows begins with the memory of what went
    before."""
    loop = code.loop(node)
    if loop is None or not zero_states(node, code):
        return
    inner = names_in(loop.target) if isinstance(loop, cst.For) else set()
    inner |= {
        name.value
        for one in walk(loop.body)
        if isinstance(one, cst.Assign)
        for name in targets(one)
        if isinstance(name, cst.Name)
    }
    if not names_in(node.value) & inner:
        yield Edit((code.dropped(node), code.before(loop, text(node))))


@operator(
    cst.Assign,
    group="states",
    probes="determinism",
    names=("eval.state_carried_over", "batch.fixed_size", "grad.*", "eval.nondeterministic", *PLAIN),
)
def state_kept_between_calls(node: cst.Assign, code: Code) -> Made:
    """A network begins with the state that its last call ended with."""
    value = node.value
    function = code.function(node)
    if function is None or function.name.value != "forward" or not isinstance(value, cst.Call):
        return
    target = node.targets[0].target
    on_self = isinstance(value.func, cst.Attribute) and text(value.func.value) == "self"
    if not (isinstance(target, cst.Tuple) and len(target.elements) == 2 and len(value.args) == 1 and on_self):
        return
    first, state = text(target.elements[0].value), target.elements[1].value
    call = adding(value, 'getattr(self, "kept", None)')
    kept = f"{first}, self.kept = {call}"
    if isinstance(state, cst.Name) and state.value in read_after(node, function) - {"_"}:
        kept += f"; {state.value} = self.kept"
    elif isinstance(state, cst.Tuple):
        kept += f"; {text(state)} = self.kept"
    yield kept


@operator(
    cst.Call,
    group="states",
    probes="order",
    names=("causal.sees_future", "model.dead_parameters", "packing.reads_padding", *PLAIN),
)
def second_direction_added(call: cst.Call, code: Code) -> Made:
    """A layer that also reads backwards."""
    if called(call) in LAYERS and not keyword(call, "bidirectional"):
        yield adding(call, "bidirectional=True")


@operator(
    cst.For,
    group="states",
    probes="order",
    names=(
        "causal.*",
        "window.*",
        "rnn.*",
        "recurrence.*",
        "output.*",
        "text.*",
        "packing.*",
        "batch.*",
        "eval.source_read_differently",
        *PLAIN,
    ),
)
def walked_backwards(loop: cst.For, code: Code) -> Made:
    """A loop over steps that begins at the last one."""
    function = code.function(loop)
    if (
        function is None
        or function.name.value == "__init__"  # where layers are made, no step is read
        or not names_in(loop.target) & names_in(loop.body)
        or calls(loop.body, "backward", "grad")
    ):
        return
    iterated = loop.iter
    if called(iterated) == "range":
        yield Edit((code.instead(iterated, f"reversed({text(iterated)})"),))
    elif called(iterated) == "unbind" or (
        isinstance(iterated, cst.Name)
        and iterated.value in parameters(function)
        and function.name.value in ("rnn", "forward")
    ):
        yield Edit((code.instead(iterated, f"reversed(list({text(iterated)}))"),))


@operator(
    cst.Expr,
    group="states",
    probes="formula",
    names=(
        "rnn.output_before_update",
        "recurrence.*",
        "output.*",
        "causal.*",
        "rnn.differs",
        "eval.own_output_not_fed_back",
        "window.*",
        "text.*",
        "tf.*",
        "packing.*",
        *PLAIN,
    ),
)
def kept_before_update(node: cst.Expr, code: Code) -> Made:
    """`outputs.append(h)` ahead of the line that makes the new `h`."""
    if called(node.value) != "append" or not isinstance(node.value, cst.Call) or not node.value.args:
        return
    before = smalls(code.statements(node))
    where = before.index(node) if node in before else 0
    made = before[where - 1] if where else None
    needed = names_in(node.value.args[0].value)
    makes_it = isinstance(made, cst.Assign) and any(named(one, *needed) for one in targets(made))
    if isinstance(made, cst.Assign) and makes_it and names_in(made.value) & needed:
        yield Edit((code.dropped(node), code.before(made, text(node))))


@operator(
    cst.Name,
    group="states",
    probes="reach",
    names=(
        "grad.*",
        "rnn.differs",
        "ce.gradient_wrong",
        "ce.no_gradient",
        *PLAIN,
        "train.params_without_gradient",
    ),
)
def state_detached(name: cst.Name, code: Code) -> Made:
    """In a loop, the state that comes back in is cut from what made it."""
    loop = code.loop(name)
    parent = code.parent(name)
    statement = code.nearest(name, cst.Assign)
    part = code.part(name)
    if part is None or set(part.about) <= {"evaluate", "generate", "predict"}:
        return
    if (
        loop is None
        or statement is None
        or isinstance(parent, cst.AssignTarget | cst.Element | cst.Attribute)
    ):
        return
    if isinstance(parent, cst.Arg) and (
        parent.keyword is name or called(code.parent(parent)) in ("len", "range")
    ):
        return
    carried = any(named(one, name.value) for one in targets(statement))
    if (
        carried
        and name in set(walk(statement.value))
        and (calls(statement.value, "tanh", *CELLS) or _cell(statement))
    ):
        yield f"{name.value}.detach()"


def _cell(statement: cst.Assign) -> bool:
    value = statement.value
    return isinstance(value, cst.Call) and called(value) in ("cell", "encoder", "decoder", "rnn", "step")


OPERATORS = (
    state_not_reset,
    state_kept_between_calls,
    second_direction_added,
    walked_backwards,
    kept_before_update,
    state_detached,
)
