"""Asserts of `nose.tools`, which no Python runs any more, as those of `unittest` that they always were."""

from __future__ import annotations

import ast
import re

_OTHER = {"eq_": "assertEqual", "ok_": "assertTrue"}


def replaced(source: str) -> str:
    """`source` with every `from nose.tools import ...` put in words of `unittest`; else as it is."""
    lines = source.splitlines()
    changed = False
    for node in reversed(list(ast.walk(ast.parse(source)))):
        if isinstance(node, ast.ImportFrom) and node.module in ("nose.tools", "nose"):
            indent = " " * node.col_offset
            said = "\n".join(indent + line for line in _said(node))
            lines[node.lineno - 1 : node.end_lineno] = [said]
            changed = True
    return "\n".join(lines) if changed else source


def assigned(statement: ast.stmt) -> list[str]:
    """The lines for an import of `nose.tools`; none for any other statement."""
    wanted = isinstance(statement, ast.ImportFrom) and statement.module in ("nose.tools", "nose")
    return _said(statement) if wanted and isinstance(statement, ast.ImportFrom) else []


def _said(node: ast.ImportFrom) -> list[str]:
    names = [(alias.asname or alias.name, alias.name) for alias in node.names if alias.name != "tools"]
    return ["import unittest", *(f"{mine} = unittest.TestCase().{_camel(name)}" for mine, name in names)]


def _camel(name: str) -> str:
    return _OTHER.get(name) or re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
