"""The training loop: what is left out of a step, in which order it comes, what the optimiser knows."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    OPTIMISERS,
    called,
    names_in,
    optimisers,
    parameters,
    positional,
    receiver,
    replacing,
    smalls,
    text,
)
from grader.mutation.telling import walk

_NO_LEARNING = ("train.too_slow", "train.diverges", "accuracy.low", "baseline.not_beaten")
_PART = ("train.params_not_in_optimizer", "train.params_without_gradient", "grad.frozen_parameters")


def _method(node: cst.Expr, name: str) -> str:
    """What the method is called on, of a line that does nothing else; ""."""
    if isinstance(node.value, cst.Call) and called(node.value) == name:
        held = receiver(node.value)
        return text(held) if held is not None else ""
    return ""


@operator(cst.Expr, group="loop", probes="training", names=("train.zero_grad_missing",))
def zero_grad_dropped(node: cst.Expr, code: Code) -> Made:
    """Gradients are never cleared."""
    if _method(node, "zero_grad"):
        yield Edit((code.dropped(node),))


@operator(
    cst.Expr,
    group="loop",
    probes="training",
    names=("train.no_backward", "train.no_step", "grad.graph_cut", "call.failed"),
)
def backward_dropped(node: cst.Expr, code: Code) -> Made:
    """No gradient is computed."""
    if _method(node, "backward"):
        yield Edit((code.dropped(node),))


@operator(cst.Expr, group="loop", probes="training", names=("train.no_step", *_PART))
def step_dropped(node: cst.Expr, code: Code) -> Made:
    """The optimiser never moves a weight."""
    held = _method(node, "step")
    function = code.function(node)
    if held and (held in optimisers(function or code.module) or "opt" in held):
        yield Edit((code.dropped(node),))


@operator(cst.Expr, group="loop", probes="training", names=("train.grads_wiped_before_step", "train.no_step"))
def gradients_wiped(node: cst.Expr, code: Code) -> Made:
    """`zero_grad` between `backward` and `step`."""
    if _method(node, "zero_grad"):
        for other in smalls(code.statements(node)):
            if isinstance(other, cst.Expr) and _method(other, "backward"):
                yield Edit((code.dropped(node), code.after(other, text(node))))


@operator(
    cst.Expr,
    group="loop",
    probes="training",
    names=("train.step_before_backward", "train.no_step", "train.grads_wiped_before_step"),
)
def step_before_backward(node: cst.Expr, code: Code) -> Made:
    """The step is made before there is a gradient of this loss."""
    if _method(node, "step") and "sched" not in _method(node, "step"):
        for other in smalls(code.statements(node)):
            if isinstance(other, cst.Expr) and _method(other, "backward"):
                yield Edit((code.dropped(node), code.before(other, text(node))))


@operator(
    cst.Expr, group="loop", probes="training", names=("loss.differs", "loss.wrong_pairs", *_NO_LEARNING)
)
def uphill(node: cst.Expr, code: Code) -> Made:
    """The gradient of minus the loss."""
    held = _method(node, "backward")
    if held:
        yield f"(-{held}).backward()"


@operator(
    cst.For,
    group="loop",
    probes="training",
    names=("train.epochs_ignored", "train.data_not_used", "seq2seq.pairs_not_used", *_NO_LEARNING, *PLAIN),
)
def ended_after_one_turn(loop: cst.For, code: Code) -> Made:
    """The loop breaks off after its first turn."""
    body = loop.body
    if isinstance(body, cst.IndentedBlock) and _trains(loop) and len(body.body) > 0:
        last = body.body[-1]
        if isinstance(last, cst.SimpleStatementLine):
            yield Edit((code.after(last.body[-1], "break"),))


def _trains(loop: cst.CSTNode) -> bool:
    return any(
        called(one) in ("backward", "grad") or (called(one) == "step" and receiver(one) is not None)
        for one in walk(loop)
        if isinstance(one, cst.Call)
    )


@operator(cst.Call, group="loop", probes="training", names=("train.epochs_ignored", *_NO_LEARNING))
def budget_ignored(call: cst.Call, code: Code) -> Made:
    """A number of turns that does not ask the argument."""
    function = code.function(call)
    loop = code.parent(call)
    if called(call) == "range" and isinstance(loop, cst.For) and loop.iter is call and _trains(loop):
        args = positional(call)
        wanted = args[-1].value if args else None
        if (
            wanted is not None
            and names_in(wanted) & set(parameters(function))
            and len(args) < 3
            and not calls_len(wanted)
        ):
            yield replacing(call, args[-1], "3")
            yield replacing(call, args[-1], "50")


def calls_len(node: cst.CSTNode) -> bool:
    return any(called(one) == "len" for one in walk(node))


@operator(
    cst.Call,
    group="loop",
    probes="training",
    names=("train.data_not_used", *_NO_LEARNING, "seq2seq.pairs_not_used", "loss.*"),
)
def part_of_the_data(call: cst.Call, code: Code) -> Made:
    """Half of the examples are never seen."""
    if called(call) == "randperm" and call.args:
        yield f"{text(call.func)}(max(1, ({text(call.args[0].value)}) // 2))"
    if called(call) in ("choice", "choices") and call.args:
        yield replacing(call, call.args[0], f"{text(call.args[0].value)}[:1]")


@operator(
    cst.Assign,
    group="loop",
    probes="training",
    names=("train.data_not_used", *_NO_LEARNING, "loss.*", "call.failed"),
)
def first_example_only(node: cst.Assign, code: Code) -> Made:
    """Only the first example goes through the loop."""
    function = code.function(node)
    names = parameters(function)
    if function is None or not {"X", "Y"} <= set(names) or code.loop(node) is not None:
        return
    if isinstance(node.value, cst.Call) and called(node.value) in OPTIMISERS:
        yield Edit((code.before(node, "X, Y = X[:1], Y[:1]"),))


OPERATORS = (
    zero_grad_dropped,
    backward_dropped,
    step_dropped,
    gradients_wiped,
    step_before_backward,
    uphill,
    ended_after_one_turn,
    budget_ignored,
    part_of_the_data,
    first_example_only,
)
