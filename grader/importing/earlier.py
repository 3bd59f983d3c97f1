"""What tests of a notebook use of the test cells before them: there each cell ran after all others."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from grader.importing.assignment import Piece
from grader.importing.python import bound, loaded, needed, tree_of


def complete(pieces: Iterable[Piece], others: Iterable[str]) -> list[Piece]:
    """The pieces, each with the imports and definitions that it uses of earlier tests.

    `others`: sources of the cells that are no tests; what they define is there anyway. A public check takes
    nothing from a hidden part, and a hidden one says of what it takes from a visible part that it is shown.
    """
    trees = [tree for source in others if (tree := tree_of(source)) is not None]
    known = {name for tree in trees for statement in tree.body for name in bound(statement)}
    shown: list[ast.stmt] = []
    all_: list[ast.stmt] = []
    made = []
    for piece in pieces:
        tree = tree_of(piece.code) if piece.code is not None else None
        if tree is None:
            made.append(piece)
            continue
        own = {name for statement in tree.body for name in bound(statement)}
        wanted = loaded(tree) - own - known
        before = _text(needed(wanted, all_ if piece.hidden else shown))
        seen = _text(needed(wanted, shown)) if piece.hidden else ""
        made.append(replace(piece, code=before + (piece.code or ""), shown=seen + piece.shown))
        visible = tree_of(piece.shown) if piece.hidden else tree
        all_ += tree.body
        shown += visible.body if visible is not None else []
    return made


def _text(statements: Iterable[ast.stmt]) -> str:
    return "".join(f"{ast.unparse(statement)}\n" for statement in statements)
