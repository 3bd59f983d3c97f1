"""Test code of other graders as a check of ours: judged on our side where that is possible, else weak."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from grader.importing import nose
from grader.importing.binding import free
from grader.importing.names import Names
from grader.importing.parsing import Untranslatable as Untranslatable
from grader.importing.parsing import test_tree
from grader.importing.proposing import proposals
from grader.importing.randomness import seeds
from grader.importing.reasons import reason, unknown
from grader.importing.rewriting import Rewriter, rewritten
from grader.importing.setting import Setting
from grader.importing.taint import tainted
from grader.importing.weak import quoted

_OURS = "from grader.judge.remote import {}"


@dataclass(frozen=True)
class Translated:
    """What a check file needs for one piece of test code."""

    imports: tuple[str, ...]
    """Import lines."""
    body: str
    """Statements of the check's function, not indented; they use the fixtures `fixtures`."""
    fixtures: tuple[str, ...]
    """For example ("notebook",)."""
    helpers: tuple[str, ...]
    """Definitions that stand above the check: given constants and helper functions that it uses."""
    weak: str | None
    """None: judged on our side; else the key of the reason why not."""
    proposals: tuple[str, ...]
    """Of a weak check: probes that would say the same, as lines to be commented out."""


def translate(source: str, setting: Setting, *, weak: str | None = None) -> Translated:
    """The check of one piece of test code. Raises `Untranslatable` where it cannot run at all.

    `weak`: the key of a reason not to judge it on our side, whatever the code says.
    """
    tree = test_tree(source)
    names = Names.of(setting)
    source = nose.replaced(source)
    why = weak or reason(ast.parse(source), names)
    if why is None:
        found = tainted(tree, names.theirs)
        body, rewriter = rewritten(source, names, found)
        why = unknown(rewriter.missing)
        if why is None:
            return _judged(body, tree, names, found, rewriter)
    return Translated((), f"weakly({quoted(source)})", ("weakly",), (), why, proposals(tree, names))


def _judged(
    body: str, tree: ast.Module, names: Names, found: frozenset[str], rewriter: Rewriter
) -> Translated:
    helpers, wanted, asked = _helpers(rewriter.helpers, names, found)
    asked |= rewriter.asked
    constants = [name for name in rewriter.helpers if not isinstance(names.helpers[name], ast.FunctionDef)]
    # Each check gets the teacher's constants anew: what it is given it may change.
    first = [ast.unparse(names.helpers[name]) for name in names.helpers if name in constants]
    if seeds(tree):
        asked.add("follow")
        first.insert(0, "follow(notebook)")
    imports = _imports(rewriter.imports | wanted, names)
    if asked:
        imports = [*imports, _OURS.format(", ".join(sorted(asked)))]
    lines = [line for line in imports if "import" in line]
    shims = [line for line in imports if "import" not in line]
    return Translated(tuple(lines), "\n".join([*first, body]), ("notebook",), (*shims, *helpers), None, ())


def _helpers(used: set[str], names: Names, found: frozenset[str]) -> tuple[list[str], set[str], set[str]]:
    """Definitions of the helper functions that are used, and of all they need; the names of imports that
    these need, and functions of ours."""
    every, todo = set[str](), {n for n in used if isinstance(names.helpers[n], ast.FunctionDef)}
    while todo:
        every |= todo
        todo = {n for name in todo for n in free([names.helpers[name]]) if n in names.helpers} - every
    texts, imports, asked = [], set[str](), set[str]()
    constants = {n for name in used for n in free([names.helpers[name]]) if n in names.helpers}
    for name, statement in names.helpers.items():
        if name not in every:
            imports |= {n for n in free([statement]) if n in names.imports} if name in used else set()
            continue
        text, rewriter = rewritten(ast.unparse(statement), names, found)
        texts.append(text)
        imports |= rewriter.imports
        asked |= rewriter.asked
    missing = constants - every
    texts = [ast.unparse(s) for n, s in names.helpers.items() if n in missing and n not in used] + texts
    return texts, imports, asked


def _imports(wanted: set[str], names: Names) -> list[str]:
    lines: list[str] = []
    for name in names.imports:
        if name in wanted:
            lines += nose.assigned(names.imports[name]) or [ast.unparse(names.imports[name])]
    return list(dict.fromkeys(lines))
