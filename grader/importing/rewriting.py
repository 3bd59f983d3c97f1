"""The test's own words with the notebook's names reached through `notebook`; all else stays as it is."""

from __future__ import annotations

import ast
from typing import TypeVar

from grader.importing.binding import bound, comprehended, local_names
from grader.importing.names import BUILTINS, Names
from grader.importing.taint import rooted

Node = TypeVar("Node", bound=ast.AST)
_ASKED = {"isinstance": "is_a", "callable": "is_callable"}


class Rewriter(ast.NodeTransformer):
    """Rewrites one piece of code. `imports`, `helpers` and `missing`: names that it was found to need, and
    those that nothing defines; `asked`: functions of ours that stand in for Python's; `edits`: what was
    changed, as (line, column in bytes, old, new)."""

    def __init__(self, names: Names, mine: frozenset[str], found: frozenset[str]) -> None:
        """mine: names that the code binds at its top; found: those that hold something of the notebook's"""
        self._names = names
        self._scopes = [mine]
        self._found = found
        self.edits: list[tuple[int, int, str, str]] = []
        self.in_text = False
        """Whether something was changed in a formatted text, of whose parts Python 3.11 tells no place."""
        self._text = 0
        self.imports: set[str] = set()
        self.helpers: set[str] = set()
        self.missing: set[str] = set()
        self.asked: set[str] = set()

    def visit_Name(self, node: ast.Name) -> ast.expr:
        name = node.id
        if not isinstance(node.ctx, ast.Load) or any(name in scope for scope in self._scopes):
            return node
        if name in self._names.helpers:
            self.helpers.add(name)
        elif name in self._names.theirs:
            return self._theirs(node)
        elif name in self._names.imports:
            self.imports.add(name)
        elif name in _ASKED:
            self.asked.add(_ASKED[name])
            self._edit(node, _ASKED[name])
            return ast.copy_location(ast.Name(id=_ASKED[name], ctx=ast.Load()), node)
        elif name not in BUILTINS:
            self.missing.add(name)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        # A helper that is handed over is called on the other side: there it is the notebook's own.
        over = rooted(node.func, self._found)
        node.args = [self._handed(one) if over else self.visit(one) for one in node.args]
        for keyword in node.keywords:
            keyword.value = self._handed(keyword.value) if over else self.visit(keyword.value)
        node.func = self.visit(node.func)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        self._text += 1
        seen = self.generic_visit(node)
        self._text -= 1
        return seen

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        node.args.defaults = [self.visit(one) for one in node.args.defaults]
        return self._within(node, local_names(node), "body")

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        return self._within(node, local_names(node), "body")

    def visit_ListComp(self, node: ast.ListComp) -> ast.ListComp:
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.SetComp:
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.DictComp:
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.GeneratorExp:
        return self._comprehension(node)

    def _handed(self, node: ast.expr) -> ast.expr:
        name = node.id if isinstance(node, ast.Name) else ""
        helper = self._names.helpers.get(name)
        function = helper.value if isinstance(helper, ast.Assign) else helper
        if isinstance(function, ast.FunctionDef | ast.Lambda) and not any(
            name in scope for scope in self._scopes
        ):
            assert isinstance(node, ast.Name)
            return self._theirs(node)
        seen: ast.expr = self.visit(node)
        return seen

    def _theirs(self, node: ast.Name) -> ast.expr:
        self._edit(node, f"notebook.{node.id}")
        owner = ast.Name(id="notebook", ctx=ast.Load())
        return ast.copy_location(ast.Attribute(value=owner, attr=node.id, ctx=ast.Load()), node)

    def _edit(self, node: ast.Name, new: str) -> None:
        self.in_text = self.in_text or self._text > 0
        self.edits.append((node.lineno, node.col_offset, node.id, new))

    def _comprehension(self, node: Node) -> Node:
        assert isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
        # Where the first values come from is looked up outside.
        first = self.visit(node.generators[0].iter)
        self._scopes.append(frozenset(comprehended(node)))
        node.generators[0].iter = ast.Constant(value=None)
        seen = self.generic_visit(node)
        self._scopes.pop()
        node.generators[0].iter = first
        return seen  # type: ignore[return-value]

    def _within(self, node: Node, local: set[str], field: str) -> Node:
        self._scopes.append(frozenset(local))
        body = getattr(node, field)
        seen = [self.visit(one) for one in body] if isinstance(body, list) else self.visit(body)
        setattr(node, field, seen)
        self._scopes.pop()
        return node


def rewritten(source: str, names: Names, found: frozenset[str]) -> tuple[str, Rewriter]:
    """The source with its names resolved, and what it was found to need. Comments stay."""
    tree = ast.parse(source)
    rewriter = Rewriter(names, frozenset(bound(tree.body)), found)
    changed = ast.fix_missing_locations(rewriter.visit(tree))
    if rewriter.in_text or _spread(ast.parse(source)):
        return ast.unparse(changed), rewriter
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    for line, column, old, new in sorted(rewriter.edits, reverse=True):
        text = lines[line - 1]
        lines[line - 1] = text[:column] + new.encode() + text[column + len(old.encode()) :]
    return b"".join(lines).decode().strip("\n"), rewriter


def _spread(tree: ast.Module) -> bool:
    """Whether a text goes over several lines: to indent the code would change it."""
    return any(
        isinstance(node, ast.Constant | ast.JoinedStr) and node.lineno != node.end_lineno
        for node in ast.walk(tree)
    )
