"""Which of a test's variables hold something of the notebook's."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.importing.binding import root


def tainted(tree: ast.AST, theirs: frozenset[str]) -> frozenset[str]:
    """The notebook's names, and every variable of the test that is made from something with one of them."""
    found = set(theirs)
    while True:
        before = len(found)
        for targets, value in _bindings(tree):
            if any(isinstance(n, ast.Name) and n.id in found for n in ast.walk(value)):
                found |= {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
        if len(found) == before:
            return frozenset(found)


def holds(node: ast.AST, found: frozenset[str]) -> bool:
    """Whether something of the notebook's stands anywhere in an expression."""
    return any(isinstance(one, ast.Name) and one.id in found for one in ast.walk(node))


def rooted(node: ast.expr, found: frozenset[str]) -> bool:
    """Whether a chain of attributes, items and calls begins with something of the notebook's."""
    first = root(node)
    return isinstance(first, ast.Name) and first.id in found


def _bindings(tree: ast.AST) -> Iterator[tuple[list[ast.expr], ast.expr]]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                # What an attribute of a variable is set to, the variable holds.
                yield targets, value
            case ast.AugAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
                yield [target], value
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                yield [target], value
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                yield [target], value
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                yield [target], value
            case ast.FunctionDef(name=name, body=body):
                # A function of the test gives what it returns; its arguments may be anything.
                yield [ast.Name(id=name)], ast.Tuple(elts=[_value(one) for one in body])
                if any(isinstance(n, ast.Name) for n in ast.walk(node)):
                    yield from _arguments(tree, node)


def _arguments(tree: ast.AST, function: ast.FunctionDef) -> Iterator[tuple[list[ast.expr], ast.expr]]:
    names: list[ast.expr] = [ast.Name(id=one.arg) for one in function.args.args]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name:
            given = [*node.args, *(one.value for one in node.keywords)]
            yield names, ast.Tuple(elts=given)


def _value(statement: ast.stmt) -> ast.expr:
    names = [n for n in ast.walk(statement) if isinstance(n, ast.Name)]
    return ast.Tuple(elts=list(names))
