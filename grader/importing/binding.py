"""Which names a piece of code binds, and which it takes from outside."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

Scoped = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def bound(body: Iterable[ast.AST]) -> set[str]:
    """Names that these statements bind in their own scope, blocks included, functions within left out."""
    names: set[str] = set()
    for node in body:
        names |= _binds(node)
        if isinstance(node, _OWN_SCOPE):
            continue
        inner = list(ast.iter_child_nodes(node))
        found = bound(inner)
        if isinstance(node, _COMPREHENSIONS):
            found -= {n for generator in node.generators for n in _targets(generator.target)}
        names |= found
    return names


def parameters(node: Scoped) -> set[str]:
    """Names of the arguments of a function."""
    args = node.args
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg]
    return {one.arg for one in every if one is not None}


def local_names(node: Scoped) -> set[str]:
    """What a function's body finds in itself: its arguments, and what it binds."""
    body = [node.body] if isinstance(node, ast.Lambda) else node.body
    return parameters(node) | bound(body)


def comprehended(node: Comprehension) -> set[str]:
    """Names that a comprehension binds for itself."""
    return {name for generator in node.generators for name in _targets(generator.target)}


def free(nodes: Iterable[ast.AST], known: frozenset[str] = frozenset()) -> set[str]:
    """Names that the code reads and neither binds itself nor finds in `known`."""
    nodes = list(nodes)
    inside = known | bound(nodes)
    return {name for node in nodes for name in _read(node, inside)}


def stated(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements at the top of a cell."""
    yield from tree.body


def root(node: ast.expr) -> ast.expr:
    """What a chain of attributes, items and calls begins with."""
    while True:
        match node:
            case ast.Attribute(value=value) | ast.Subscript(value=value) | ast.Starred(value=value):
                node = value
            case ast.Call(func=value):
                node = value
            case _:
                return node


def dotted(node: ast.AST) -> str:
    """`torch.nn.Linear` for such an expression; empty for any other."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ""


def _binds(node: ast.AST) -> set[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return {name}
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {(alias.asname or alias.name).partition(".")[0] for alias in names}
        case ast.ExceptHandler(name=str() as name):
            return {name}
        case ast.MatchAs(name=str() as name) | ast.MatchStar(name=str() as name):
            return {name}
    return set()


def _targets(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _read(node: ast.AST, inside: frozenset[str] | set[str]) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Load) and node.id not in inside:
            yield node.id
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        inside = inside | local_names(node)
    elif isinstance(node, ast.ClassDef):
        inside = inside | bound(node.body)
    elif isinstance(node, _COMPREHENSIONS):
        inside = inside | comprehended(node)
    for child in ast.iter_child_nodes(node):
        yield from _read(child, inside)
