"""Which code only tells a person how things go: it may be changed without a word being right or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import libcst as cst

_TELLERS = ("print", "plt", "display", "tqdm")


def walk(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The node and all below it."""
    yield node
    for child in _children(node):
        yield from walk(child)


@lru_cache(200_000)  # libcst looks for them anew each time, and a node is asked for hundreds of times
def _children(node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    return tuple(node.children)


def functions(module: cst.CSTNode) -> list[cst.FunctionDef]:
    return [node for node in walk(module) if isinstance(node, cst.FunctionDef)]


def told(module: cst.Module) -> set[cst.CSTNode]:
    """The nodes below which nothing matters to any caller: prints, what is counted for them alone, and the
    `if` that asks whether to print."""
    skipped = {node for node in walk(module) if _tells(node)}
    for function in functions(module):
        skipped |= feeding(function, skipped)
    return skipped


def feeding(function: cst.FunctionDef, sinks: set[cst.CSTNode]) -> set[cst.CSTNode]:
    """The statements of a function whose values go nowhere but into `sinks`; a name that is passed on in any
    other way, or belongs to an outer function, keeps its statements out."""
    sinks = {node for node in sinks if not _acts(node)}
    plain = [node for node in walk(function) if not _acts(node)]
    statements = [node for node in plain if isinstance(node, cst.Assign | cst.AugAssign)]
    appends = [node for node in plain if _appended(node)]
    into = {node: _targets(node) for node in statements} | {node: {_appended(node)} for node in appends}
    names = {name for targets in into.values() for name in targets if name}
    given = {node.name.value for node in walk(function.params) if isinstance(node, cst.Param)}
    names -= given
    while True:
        feeders = {node for node, targets in into.items() if targets and targets <= names}
        asked = _askers(function, feeders | sinks)
        loads = _loads(function, feeders | sinks | asked)
        left = names - loads
        if left == names:
            return feeders | asked
        names = left


def _acts(node: cst.CSTNode) -> bool:
    """Whether a statement moves weights while it makes its value, as `losses.append(optimizer.step(f))`."""
    return isinstance(node, cst.BaseSmallStatement) and any(
        isinstance(one, cst.Call)
        and isinstance(one.func, cst.Attribute)
        and one.func.attr.value in ("step", "backward")
        for one in walk(node)
    )


def _askers(function: cst.FunctionDef, inner: set[cst.CSTNode]) -> set[cst.CSTNode]:
    """The `if`s that have nothing but such statements below them."""
    return {
        node
        for node in walk(function)
        if isinstance(node, cst.If) and node.orelse is None and _holds_only(node.body, inner)
    }


def _holds_only(body: cst.BaseSuite, inner: set[cst.CSTNode]) -> bool:
    lines = [line for line in body.body if not isinstance(line, cst.BaseSmallStatement)]
    smalls: list[cst.CSTNode] = [line for line in body.body if isinstance(line, cst.BaseSmallStatement)]
    for line in lines:
        if not isinstance(line, cst.SimpleStatementLine):
            return False
        smalls.extend(line.body)
    return all(any(part in inner for part in walk(small)) for small in smalls)


def _loads(node: cst.CSTNode, outside: set[cst.CSTNode]) -> set[str]:
    """Names that are read below the node, but for what stands in `outside`; writing to a name is no
    reading."""
    if node in outside:
        return set()
    if isinstance(node, cst.Name):
        return {node.value}
    if isinstance(node, cst.AssignTarget) and isinstance(node.target, cst.Name | cst.Tuple):
        return set()
    if isinstance(node, cst.Attribute):
        return _loads(node.value, outside)
    return {name for child in node.children for name in _loads(child, outside)}


def _targets(node: cst.Assign | cst.AugAssign) -> set[str]:
    """The plain names that it writes to; empty where it writes elsewhere, too."""
    targets = [node.target] if isinstance(node, cst.AugAssign) else [one.target for one in node.targets]
    flat = [
        element.value if isinstance(element, cst.Element) else element
        for target in targets
        for element in (target.elements if isinstance(target, cst.Tuple) else [target])
    ]
    names = {one.value for one in flat if isinstance(one, cst.Name)}
    return names if len(names) == len(flat) else set()


def _appended(node: cst.CSTNode) -> str:
    """The list that `name.append(...)`, standing alone, makes longer."""
    if isinstance(node, cst.Expr) and isinstance(node.value, cst.Call):
        func = node.value.func
        if (
            isinstance(func, cst.Attribute)
            and func.attr.value == "append"
            and isinstance(func.value, cst.Name)
        ):
            return func.value.value
    return ""


def _tells(node: cst.CSTNode) -> bool:
    if not isinstance(node, cst.Call):
        return False
    func: cst.BaseExpression = node.func
    while isinstance(func, cst.Attribute):
        func = func.value
    return isinstance(func, cst.Name) and func.value in _TELLERS
