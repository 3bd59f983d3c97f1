"""Values that both sides would have in common: where a test changes one, or waits for it to change, the
copy that crosses the wall says something else."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.importing.names import Names
from grader.importing.taint import holds, rooted

CHANGING = frozenset((
    "append", "extend", "insert", "remove", "pop", "clear", "update", "add", "discard", "sort", "reverse",
    "setdefault", "popitem", "fill", "put", "resize",
))  # fmt: skip
_VIEWS = frozenset(("detach", "numpy", "view", "reshape", "t", "squeeze", "unsqueeze", "flatten", "values"))


def shared(tree: ast.Module, names: Names, found: frozenset[str]) -> str | None:
    """ "changes" where a variable of the test stands for something that the notebook holds as well, and the
    test changes it, or reads it again after student code has run."""
    handed = {name for call in _calls(tree, found) for name in _handed(call)}
    held = {name for name, value in _assigned(tree) if rooted(value, found) and not is_object(value, names)}
    numbers = {name for name, value in _assigned(tree) if isinstance(value, ast.Constant)}
    first = min((call.lineno for call in _calls(tree, found)), default=0)
    for name, line in _changed(tree, numbers - held):
        # What has not been handed over yet is still the test's own; in a loop it comes round again.
        if name in held or (name in handed and (line > first or _looped(tree, line))):
            return "changes"
    return "changes" if _outlives(tree, found) else None


def is_object(value: ast.expr, names: Names) -> bool:
    """An object, of which no copy comes: what is done with it is done there."""
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in names.classes


def _calls(tree: ast.AST, found: frozenset[str]) -> list[ast.Call]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.Call) and rooted(n.func, found)]


def _handed(call: ast.Call) -> Iterator[str]:
    for value in [*call.args, *(keyword.value for keyword in call.keywords)]:
        match value:
            case ast.Name(id=name) | ast.Starred(value=ast.Name(id=name)):
                yield name
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                yield from (part.id for part in parts if isinstance(part, ast.Name))
            case ast.Subscript(value=ast.Name(id=name)):
                yield name


def _assigned(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    for one in ast.walk(target):
                        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                            yield one.id, value
            case (
                ast.For(target=ast.Name(id=name), iter=value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                yield name, value


def _changed(tree: ast.AST, numbers: set[str]) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                yield name, node.lineno
            case ast.AugAssign(target=ast.Name(id=name)) if name not in numbers:
                yield name, node.lineno
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in CHANGING:
                yield name, node.lineno


def _looped(tree: ast.AST, line: int) -> bool:
    loops = [n for n in ast.walk(tree) if isinstance(n, ast.For | ast.While | ast.FunctionDef)]
    return any(loop.lineno <= line <= (loop.end_lineno or loop.lineno) for loop in loops)


def _outlives(tree: ast.Module, found: frozenset[str]) -> bool:
    """Whether a part of an object is read, student code runs, and the part is looked at again."""
    for at, statement in enumerate(tree.body):
        kept = {name for name, value in _assigned(statement) if _is_view(value, found)}
        if not kept:
            continue
        ran = False
        for later in tree.body[at + 1 :]:
            if ran and holds(later, frozenset(kept)):
                return True
            ran = ran or bool(_calls(later, found))
            if ran and isinstance(later, ast.For | ast.While) and holds(later, frozenset(kept)):
                return True
    return False


def _is_view(value: ast.expr, found: frozenset[str]) -> bool:
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _VIEWS:
        value = value.func.value
    return isinstance(value, ast.Attribute | ast.Subscript | ast.Name) and rooted(value, found)
