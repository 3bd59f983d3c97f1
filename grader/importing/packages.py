"""What a notebook needs that is not there when it is graded: modules, and the names that depend on them."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from grader.importing.python import bound, imported, loaded, tree_of
from grader.sandbox.closure import needed

_STAND_INS = ("grader", "google")
_OF_TESTS = ("nose", "pytest", "unittest", "otter", "IPython")
"""Modules of test code that are translated, not imported by the notebook."""


def present() -> frozenset[str]:
    """Modules that a notebook can import when it is graded, by their first name."""
    ours = {Path(part).name.partition(".")[0] for part in needed()}
    return frozenset(ours | set(sys.stdlib_module_names) | set(_STAND_INS))


def unreachable(sources: Iterable[str], modules: Collection[str]) -> dict[str, str]:
    """Names that the cells would define and cannot, by the module that is missing for it.

    An import that fails ends its cell; a function fails when it is called. So a name is lost where its
    statement comes after the failing one, or reads a name that is lost.
    """
    lost: dict[str, str] = {}
    for source in sources:
        tree = tree_of(source)
        if tree is None:
            continue
        ended: str | None = None
        for statement in tree.body:
            cause = ended or _cause(statement, lost, modules)
            names = list(bound(statement))
            if cause is None:
                for name in names:
                    lost.pop(name, None)
                continue
            lost.update(dict.fromkeys(names, cause))
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                ended = cause
    return lost


def missing_for(source: str, lost: Mapping[str, str], modules: Collection[str]) -> str | None:
    """The module for want of which a piece of test code cannot run; None where nothing is missing."""
    tree = tree_of(source)
    if tree is None:
        return None
    own = {name for statement in tree.body for name in bound(statement)}
    read = {name for name in loaded(tree) if name not in own}
    wanted = [name for name in imported(tree) if name not in modules and name not in _OF_TESTS]
    return next(iter(wanted), None) or next((lost[name] for name in sorted(read) if name in lost), None)


def _cause(statement: ast.stmt, lost: Mapping[str, str], modules: Collection[str]) -> str | None:
    if isinstance(statement, ast.Try) and statement.handlers:
        return None  # it says itself what to do without
    for module in imported(statement):
        if module and module not in modules:
            return module
    return next((lost[name] for name in sorted(loaded(statement)) if name in lost), None)
