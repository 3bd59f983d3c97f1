"""Questions about calls, arguments and names that operators ask of concrete syntax."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeGuard

import libcst as cst

from grader.mutation.telling import walk

LAYERS = ("RNN", "LSTM", "GRU")
CELLS = ("RNNCell", "LSTMCell", "GRUCell")
OPTIMISERS = (
    "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "SGD", "RMSprop", "Adagrad", "LBFGS", "Adadelta",
)  # fmt: skip
CLASS_LOSSES = ("cross_entropy", "nll_loss")
NUMBER_LOSSES = ("mse_loss", "smooth_l1_loss", "l1_loss", "huber_loss")
LOSS_MODULES = {
    "CrossEntropyLoss": "cross_entropy",
    "NLLLoss": "nll_loss",
    "MSELoss": "mse_loss",
    "HuberLoss": "huber_loss",
    "SmoothL1Loss": "smooth_l1_loss",
    "L1Loss": "l1_loss",
}


def text(node: cst.CSTNode) -> str:
    """What a node says, brackets included."""
    return cst.Module([]).code_for_node(node).strip()


def bracketed(value: cst.BaseExpression) -> str:
    """What a value says, in brackets where a method could not be called on it."""
    said = text(value)
    plain = isinstance(value, cst.Name | cst.Call | cst.Attribute | cst.Subscript)
    return said if plain or said.startswith("(") else f"({said})"


def called(node: cst.CSTNode | None) -> str:
    """The last name of what is called: `softmax` of `F.softmax(x)` and of `x.softmax(1)`; "" for no call."""
    if not isinstance(node, cst.Call):
        return ""
    if isinstance(node.func, cst.Attribute):
        return node.func.attr.value
    return node.func.value if isinstance(node.func, cst.Name) else ""


def receiver(call: cst.Call) -> cst.BaseExpression | None:
    """What stands before the dot."""
    return call.func.value if isinstance(call.func, cst.Attribute) else None


def keyword(call: cst.Call, *names: str) -> cst.Arg | None:
    return next((arg for arg in call.args if arg.keyword and arg.keyword.value in names), None)


def positional(call: cst.Call) -> list[cst.Arg]:
    """The arguments without a name, up to the first star."""
    found = []
    for arg in call.args:
        if arg.star or arg.keyword:
            break
        found.append(arg)
    return found


def written(arg: cst.Arg) -> str:
    """An argument as it would stand alone."""
    name = f"{arg.keyword.value}=" if arg.keyword else ""
    return f"{arg.star}{name}{text(arg.value)}"


def call_of(call: cst.Call, arguments: Iterable[str]) -> str:
    return f"{text(call.func)}({', '.join(arguments)})"


def without(call: cst.Call, *args: cst.Arg) -> str:
    """The call without these arguments."""
    return call_of(call, [written(arg) for arg in call.args if arg not in args])


def replacing(call: cst.Call, arg: cst.Arg, value: str) -> str:
    """The call with another value for one argument."""
    said = f"{arg.keyword.value}={value}" if arg.keyword else value
    return call_of(call, [said if one is arg else written(one) for one in call.args])


def adding(call: cst.Call, *more: str) -> str:
    return call_of(call, [*map(written, call.args), *more])


def whole(node: cst.CSTNode) -> int | None:
    """The value of a whole number written down, with its sign."""
    if isinstance(node, cst.Integer):
        return int(node.value, 0)
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        inner = whole(node.expression)
        return None if inner is None else -inner
    return None


def named(node: cst.CSTNode, *names: str) -> bool:
    return isinstance(node, cst.Name) and node.value in names


def divides(node: cst.CSTNode | None) -> TypeGuard[cst.BinaryOperation]:
    return isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Divide)


def adds(node: cst.CSTNode | None) -> TypeGuard[cst.BinaryOperation]:
    """Whether it is a sum or a difference."""
    return isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add | cst.Subtract)


def names_in(node: cst.CSTNode) -> set[str]:
    """All names below the node, but for those behind a dot and those of keywords."""
    if isinstance(node, cst.Name):
        return {node.value}
    if isinstance(node, cst.Attribute):
        return names_in(node.value)
    if isinstance(node, cst.Arg):
        return names_in(node.value)
    return {name for child in node.children for name in names_in(child)}


def calls(node: cst.CSTNode, *names: str) -> list[cst.Call]:
    """The calls of these names below the node."""
    return [one for one in walk(node) if isinstance(one, cst.Call) and called(one) in names]


def flat(target: cst.BaseExpression) -> list[cst.BaseExpression]:
    """The targets of an assignment, one by one: of `a, (b, c)` all three."""
    if isinstance(target, cst.Tuple | cst.List):
        return [one for element in target.elements for one in flat(element.value)]
    return [target]


def targets(node: cst.Assign) -> list[cst.BaseExpression]:
    return [one for target in node.targets for one in flat(target.target)]


def parameters(function: cst.FunctionDef | None) -> list[str]:
    if function is None:
        return []
    params = function.params
    return [one.name.value for one in (*params.posonly_params, *params.params, *params.kwonly_params)]


def assigned(function: cst.CSTNode, name: str) -> cst.Assign | None:
    """The only assignment to a plain name in a function."""
    found = [
        node
        for node in walk(function)
        if isinstance(node, cst.Assign) and any(named(one, name) for one in targets(node))
    ]
    return found[0] if len(found) == 1 else None


def loss_kind(call: cst.Call, scope: cst.CSTNode) -> str:
    """`cross_entropy`, `mse_loss`, ... of a call of a loss in whatever form; "" of any other call."""
    name = called(call)
    if name in (*CLASS_LOSSES, *NUMBER_LOSSES):
        return name
    if isinstance(call.func, cst.Call):
        return LOSS_MODULES.get(called(call.func), "")
    if isinstance(call.func, cst.Name):
        made = assigned(scope, call.func.value)
        return LOSS_MODULES.get(called(made.value), "") if made else ""
    return ""


def optimisers(scope: cst.CSTNode) -> set[str]:
    """The names under which optimisers stand in a function, as far as they can be seen."""
    found: set[str] = set()
    for node in walk(scope):
        if isinstance(node, cst.Assign) and calls(node.value, *OPTIMISERS):
            found |= {one.value for one in targets(node) if isinstance(one, cst.Name)}
    for node in walk(scope):
        if isinstance(node, cst.For) and names_in(node.iter) & found and isinstance(node.target, cst.Name):
            found.add(node.target.value)
    return found


def smalls(lines: Sequence[cst.CSTNode]) -> list[cst.BaseSmallStatement]:
    """The small statements of a block, without those of blocks inside it."""
    return [small for line in lines if isinstance(line, cst.SimpleStatementLine) for small in line.body]
