"""Python that people wrote, as a tree that can be walked, changed and written down again."""

from __future__ import annotations

import ast

_DEEPEST = 200
"""Levels of a tree; whoever walks one takes some calls for each, and a thousand are all that there are."""


def parsed(source: str, name: str = "<unknown>") -> ast.Module:
    """The tree of `source`. Raises `SyntaxError` where it is no Python, and where nobody could walk it."""
    try:
        tree = ast.parse(source, name)
    except (RecursionError, MemoryError):
        raise SyntaxError("it nests too deeply") from None
    except ValueError as error:
        raise SyntaxError(str(error)) from error
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        level = [below for node in level for below in ast.iter_child_nodes(node)]
        if not level:
            return tree
    raise SyntaxError("it nests too deeply")
