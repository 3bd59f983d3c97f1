"""The same in other statements: another order where none matters, longer forms, an extra line that does
nothing."""

from __future__ import annotations

from itertools import pairwise

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.rewrites.rule import Groups, Place, rewrite
from grader.mutation.syntax import (
    called,
    calls,
    named,
    names_in,
    parameters,
    positional,
    receiver,
    smalls,
    targets,
    text,
)
from grader.mutation.telling import walk

_PURE = (
    "zeros",
    "zeros_like",
    "ones",
    "arange",
    "tensor",
    "len",
    "size",
    "int",
    "float",
    "list",
    "range",
    "sorted",
    "set",
    "enumerate",
    "one_hot",
    "unsqueeze",
    "min",
    "max",
    "unbind",
    "transpose",
    "permute",
    "reshape",
    "sigmoid",
    "tanh",
    "exp",
    "CrossEntropyLoss",
    "NLLLoss",
    "MSELoss",
)
_NETWORKS = {"Net", "Tagger", "CharModel", "CNN", "RecurrentNeuralNetworkClass"}


@rewrite
def statements_swapped(place: Place) -> Groups:
    """Two assignments beside each other change places where neither needs the other, and neither does more
    than compute a value."""
    for first, second in _neighbours(place.code):
        if not (_plain(first) and _plain(second)):
            continue
        made = [{one.value for one in targets(node) if isinstance(one, cst.Name)} for node in (first, second)]
        read = [names_in(node.value) for node in (first, second)]
        if not made[0] & (made[1] | read[1]) and not made[1] & read[0]:
            yield _exchanged(place.code, first, second)


def _neighbours(code: Code) -> list[tuple[cst.Assign, cst.Assign]]:
    """Assignments on lines of their own, one right after the other."""
    found = []
    for node in code.own:
        if isinstance(node, cst.Assign):
            lines = [one for one in code.statements(node) if isinstance(one, cst.SimpleStatementLine)]
            whole_block = code.statements(node)
            for above, below in pairwise(whole_block):
                ours = (
                    isinstance(above, cst.SimpleStatementLine)
                    and above.body[0] is node
                    and len(above.body) == 1
                )
                if (
                    ours
                    and below in lines
                    and isinstance(below, cst.SimpleStatementLine)
                    and len(below.body) == 1
                ):
                    other = below.body[0]
                    if isinstance(other, cst.Assign) and code.part(other) is not None:
                        found.append((node, other))
    return found


def _exchanged(code: Code, first: cst.Assign, second: cst.Assign) -> tuple[tuple[tuple[int, int], str], ...]:
    return code.instead(first, text(second)), code.instead(second, text(first))


def _plain(node: cst.Assign) -> bool:
    """Whether it only gives names to values: every call in it is one that changes nothing and draws
    nothing."""
    simple = all(isinstance(one, cst.Name) for one in targets(node))
    return simple and all(called(one) in _PURE for one in walk(node.value) if isinstance(one, cst.Call))


@rewrite
def layers_in_another_order(place: Place) -> Groups:
    """Two layers of a class are made in another order: the same network, with other first weights."""
    for first, second in _neighbours(place.code):
        if all(_makes_layer(node, place.code) for node in (first, second)):
            names = [text(targets(node)[0]) for node in (first, second)]
            if names[0] not in text(second) and names[1] not in text(first):
                yield _exchanged(place.code, first, second)


def _makes_layer(node: cst.Assign, code: Code) -> bool:
    function = code.function(node)
    one = targets(node)[0]
    made = isinstance(node.value, cst.Call) and text(node.value.func).startswith("nn.")
    on_self = isinstance(one, cst.Attribute) and named(one.value, "self") and len(targets(node)) == 1
    return function is not None and function.name.value == "__init__" and made and on_self


@rewrite
def zero_grad_first(place: Place) -> Groups:
    """Gradients are cleared at the beginning of a turn: with `backward` and `step` in the same block that is
    the same."""
    code = place.code
    for node in code.own:
        if not (isinstance(node, cst.Expr) and called(node.value) == "zero_grad"):
            continue
        block = code.statements(node)
        said = [called(one.value) for one in smalls(block) if isinstance(one, cst.Expr)]
        loop = code.loop(node)
        if loop is None or not isinstance(loop.body, cst.IndentedBlock) or loop.body.body is not block:
            continue
        once = len(calls(loop, "backward")) == 1 and "backward" in said and "step" in said
        if once and code.parent(node) is not block[0]:
            yield code.dropped(node), code.before(block[0], text(node))


@rewrite
def ranges_spelled_out(place: Place) -> Groups:
    """`range(n)` is `range(0, n, 1)`."""
    for call in place.code.own:
        if isinstance(call, cst.Call) and called(call) == "range" and receiver(call) is None:
            args = positional(call)
            if len(args) == len(call.args) == 1:
                yield (place.code.instead(call, f"range(0, {text(args[0].value)}, 1)"),)


@rewrite
def additions_spelled_out(place: Place) -> Groups:
    """`n += 1` is `n = n + 1` of a number or a text, which nobody else can hold."""
    for node in place.code.own:
        if not (isinstance(node, cst.AugAssign) and isinstance(node.target, cst.Name)):
            continue
        function = place.code.function(node)
        if (
            function is not None
            and _begins_as_value(function, node.target.value)
            and isinstance(node.operator, cst.AddAssign)
        ):
            name = node.target.value
            yield (place.code.instead(node, f"{name} = {name} + ({text(node.value)})"),)


def _begins_as_value(function: cst.FunctionDef, name: str) -> bool:
    """Whether every plain assignment to the name writes down a number or a text."""
    begins = [
        node.value
        for node in walk(function)
        if isinstance(node, cst.Assign) and any(named(one, name) for one in targets(node))
    ]
    outer = any(isinstance(node, cst.Global | cst.Nonlocal) for node in walk(function))
    values = all(isinstance(one, cst.BaseNumber | cst.SimpleString) for one in begins)
    return bool(begins) and values and not outer and name not in parameters(function)


@rewrite
def comparisons_turned(place: Place) -> Groups:
    """`a < b` is `b > a`."""
    other = {cst.LessThan: ">", cst.GreaterThan: "<", cst.LessThanEqual: ">=", cst.GreaterThanEqual: "<="}
    for node in place.code.own:
        if isinstance(node, cst.Comparison) and len(node.comparisons) == 1:
            sign = other.get(type(node.comparisons[0].operator))
            right = node.comparisons[0].comparator
            if sign and _still(node.left) and _still(right):
                yield (place.code.instead(node, f"{text(right)} {sign} {text(node.left)}"),)


def _still(node: cst.BaseExpression) -> bool:
    """Whether asking for a value changes nothing, so that either side may be asked first."""
    pure = ("len", "size", "arange", "int", "unsqueeze")
    inner = list(walk(node))
    binds = any(
        isinstance(one, cst.NamedExpr | cst.Comparison | cst.BooleanOperation | cst.IfExp) for one in inner
    )
    return not binds and all(called(one) in pure for one in inner if isinstance(one, cst.Call))


RULES = (
    statements_swapped,
    layers_in_another_order,
    zero_grad_first,
    ranges_spelled_out,
    additions_spelled_out,
    comparisons_turned,
)
