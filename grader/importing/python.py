"""Cells as Python: magics made calls, and what names a piece of code binds and reads. Nothing is run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence

from IPython.core.inputtransformer2 import TransformerManager

from grader.importing.trees import parsed


def tree_of(source: str) -> ast.Module | None:
    """The tree of a cell, IPython's magics and `!` made calls; None where it is no Python even so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\d" in the teacher's text is the teacher's
        for text in (source, None):
            try:
                return parsed(plain(source) if text is None else text)
            except SyntaxError:
                continue
    return None


def plain(source: str) -> str:
    """The cell with magics made calls of `get_ipython()`; as it is where IPython cannot tell either."""
    try:
        manager = TransformerManager()  # type: ignore[no-untyped-call]
        return str(manager.transform_cell(source)).removesuffix("\n")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source


def python_of(source: str) -> str:
    """The cell itself where it is Python, else with magics made calls."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed(source)
    except SyntaxError:
        return plain(source)
    return source


def bound(statement: ast.AST) -> Iterator[str]:
    """Names that a statement binds in its own scope."""
    todo: list[ast.AST] = [statement]
    while todo:
        match todo.pop():
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((one.asname or one.name.partition(".")[0]) for one in names)
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Lambda():
                pass
            case node:
                todo += ast.iter_child_nodes(node)


def loaded(node: ast.AST) -> set[str]:
    """Names that are read anywhere in the code."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}


def needed(wanted: set[str], around: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Of statements those that bind the wanted names, and what these use in turn, in their order."""
    wanted, kept = set(wanted), list[ast.stmt]()
    for statement in reversed(around):
        binds = set(bound(statement))
        if wanted & binds:
            kept.insert(0, statement)
            wanted = (wanted - binds) | loaded(statement)
    return kept


def imported(node: ast.AST) -> Iterator[str]:
    """Top-level modules that the code imports."""
    for one in ast.walk(node):
        if isinstance(one, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in one.names)
        elif isinstance(one, ast.ImportFrom) and not one.level:
            yield (one.module or "").partition(".")[0]


def does_something(tree: ast.Module) -> bool:
    """Whether the code is more than imports, definitions, plain assignments, texts and prints: a test."""
    return any(not _idle(statement) for statement in tree.body)


def _idle(statement: ast.stmt) -> bool:
    match statement:
        case (
            ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.ClassDef() | ast.Assign()
            | ast.AnnAssign() | ast.Pass() | ast.Expr(value=ast.Constant())
            | ast.Expr(value=ast.Call(func=ast.Name(id="print" | "display")))
        ):  # fmt: skip
            return True
    return False
