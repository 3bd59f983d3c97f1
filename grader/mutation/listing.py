"""The operators and the rewrites as tables of a Markdown page: what each does, in its docstring's words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from grader.mutation.operators import OPERATORS
from grader.mutation.rewrites import REWRITES


def markdown() -> str:
    """A table of operators for each group, then one of the rewrites."""
    groups = dict.fromkeys(operator.group for operator in OPERATORS)
    parts = []
    for group in groups:
        rows = [(operator.name, operator.make) for operator in OPERATORS if operator.group == group]
        parts.append(_table(group, "what is done", rows))
    parts.append(_table("rewrite", "what is said in other words", [(one.name, one.make) for one in REWRITES]))
    return "\n\n".join(parts)


def _table(first: str, second: str, rows: Iterable[tuple[str, Callable[..., Any]]]) -> str:
    lines = [f"| {first} | {second} |", "|---|---|"]
    return "\n".join([*lines, *(f"| `{name}` | {_said(make)} |" for name, make in rows)])


def _said(make: Callable[..., Any]) -> str:
    return " ".join((inspect.getdoc(make) or "").split()).replace("|", "\\|")
