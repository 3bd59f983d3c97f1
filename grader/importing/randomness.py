"""Whether test and notebook draw in turns from one generator: on two sides the numbers would differ."""

from __future__ import annotations

import ast

from grader.importing.binding import dotted
from grader.importing.names import Names
from grader.importing.taint import rooted

_SEEDS = frozenset(("manual_seed", "seed"))
_DRAWS = frozenset((
    "rand", "randn", "randint", "random", "normal", "uniform", "choice", "choices", "shuffle", "permutation",
    "randperm", "sample", "standard_normal", "rand_like", "randn_like", "randint_like", "bernoulli",
    "multinomial", "random_sample", "ranf", "gauss", "randrange",
))  # fmt: skip


def seeds(tree: ast.AST) -> bool:
    """Whether the test sets a seed."""
    return any(_is(node, _SEEDS) for node in ast.walk(tree))


def out_of_step(tree: ast.Module, names: Names, found: frozenset[str]) -> str | None:
    """The reason where a seeded test draws again after the notebook may have drawn.

    The notebook's generators are put where ours stand; ours are never put where it says that its own stand.
    """
    if not (names.draws and seeds(tree)):
        return None
    seeded = theirs_drew = False
    for statement in tree.body:
        draws = any(_is(node, _DRAWS) for node in ast.walk(statement))
        calls = any(isinstance(node, ast.Call) and rooted(node.func, found) for node in ast.walk(statement))
        if any(_is(node, _SEEDS) for node in ast.walk(statement)):
            seeded, theirs_drew = True, False
        if seeded and draws and (theirs_drew or (calls and not isinstance(statement, ast.Assign | ast.Expr))):
            return "random"
        theirs_drew = theirs_drew or (seeded and calls)
    return None


def _is(node: ast.AST, words: frozenset[str]) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in words
