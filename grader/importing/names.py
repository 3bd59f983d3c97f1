"""What a test's names mean: imports, the teacher's own helpers and constants, and what is the notebook's."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from grader.importing.binding import bound, free, stated
from grader.importing.libraries import refused
from grader.importing.parsing import cell_tree
from grader.importing.setting import Setting

BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class Names:
    """Of one notebook. `imports`: the import statement by the name that it binds; `helpers`: definitions of
    the teacher's that need nothing of the notebook; `theirs`: all other names that the notebook defines."""

    imports: dict[str, ast.stmt]
    helpers: dict[str, ast.stmt]
    theirs: frozenset[str]
    read: frozenset[str]
    """Names that functions of the solution find outside themselves."""
    values: frozenset[str]
    """Names of the notebook that are assigned, not defined as functions or classes."""
    classes: frozenset[str]
    given: frozenset[str]
    """Functions of the teacher's that need something of the notebook, so that they can run there alone."""
    refused: dict[str, str]
    """Names of libraries that a test cannot use on our side, with the reason."""
    draws: bool
    """Whether code of the solution may draw random numbers, as making a layer does."""

    @cached_property
    def known(self) -> frozenset[str]:
        return frozenset(self.imports) | frozenset(self.helpers) | self.theirs

    @classmethod
    def of(cls, setting: Setting) -> Names:
        """The names of a notebook with these cells."""
        given = [tree for cell in setting.given if (tree := cell_tree(cell)) is not None]
        solution = [tree for cell in setting.solution if (tree := cell_tree(cell)) is not None]
        statements = [one for tree in given for one in stated(tree)]
        written = [one for tree in solution for one in stated(tree)]
        times = Counter(name for one in [*statements, *written] for name in bound([one]))
        imports = {
            name: line
            for one in [*statements, *written]
            for name, line in _imported(one)
            if refused(line) is None
        }
        refusals = {
            name: why
            for one in [*statements, *written]
            for name, line in _imported(one)
            if (why := refused(line))
        }
        theirs = {name for name in times if name not in imports and name not in refusals}
        helpers = _helpers({n: s for s in statements if (n := _single(s)) and times[n] == 1}, imports, theirs)
        functions = [n for one in written for n in ast.walk(one) if isinstance(n, _FUNCTIONS)]
        every = [*statements, *written]
        defined = {one.name for one in every if isinstance(one, _FUNCTIONS)}
        text = "\n".join(ast.unparse(one) for one in written)
        return cls(
            imports,
            helpers,
            frozenset(theirs - set(helpers)),
            frozenset(name for one in functions for name in free([one])) - BUILTINS,
            frozenset(theirs - defined),
            frozenset(one.name for one in every if isinstance(one, ast.ClassDef)),
            frozenset(
                one.name for one in statements if isinstance(one, ast.FunctionDef) and one.name not in helpers
            ),
            refusals,
            any(word in text for word in _DRAWING),
        )


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_DRAWING = ("rand", "nn.", "Module", "normal", "uniform", "choice", "shuffle", "sample", "permut", "dropout")
_IMPURE = frozenset(("open", "input", "exec", "eval", "globals", "locals", "display"))


def _imported(statement: ast.stmt) -> list[tuple[str, ast.stmt]]:
    """Each name that an import binds, with an import of that name alone."""
    if isinstance(statement, ast.Import):
        return [
            ((alias.asname or alias.name).partition(".")[0], ast.Import(names=[alias]))
            for alias in statement.names
        ]
    if isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
        return [
            (alias.asname or alias.name, ast.ImportFrom(module=statement.module, names=[alias], level=0))
            for alias in statement.names
            if alias.name != "*"
        ]
    return []


def _single(statement: ast.stmt) -> str:
    """The one name that a definition or plain assignment binds; empty for any other statement."""
    match statement:
        case ast.FunctionDef(name=name, decorator_list=[]):
            return name
        case (
            ast.Assign(targets=[ast.Name(id=name)])
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr())
        ):
            return name
    return ""


def _helpers(
    candidates: dict[str, ast.stmt], imports: dict[str, ast.stmt], theirs: set[str]
) -> dict[str, ast.stmt]:
    """Those that reach nothing but libraries, Python and one another, and draw nothing when they are read."""
    kept = {name: one for name, one in candidates.items() if not _impure(one)}
    while True:
        allowed = BUILTINS | imports.keys() | kept.keys()
        astray = [name for name, one in kept.items() if free([one]) - allowed]
        if not astray:
            return kept
        for name in astray:
            del kept[name]


def _impure(statement: ast.stmt) -> bool:
    read = free([statement])
    if read & _IMPURE:
        return True
    if isinstance(statement, ast.FunctionDef):
        return False
    # A value that was drawn or read from a file is the notebook's: here it would be another.
    text = ast.unparse(statement)
    return any(word in text for word in (*_DRAWING, "load", "read", "Path", "time", "environ", "device"))
