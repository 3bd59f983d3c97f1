"""Source of notebook cells as syntax trees, with what only IPython understands."""

from __future__ import annotations

import ast
import re

from grader.errors import LessonError
from grader.importing.trees import parsed

_MAGIC = re.compile(r"^\s*(%|!|\?|\w[\w.]*\?\??\s*$)")
_CELL_MAGIC = re.compile(r"^\s*%%(\w+)")


class Untranslatable(LessonError):
    """Code that cannot run as a test at all. `reason` is the key of why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def test_tree(source: str) -> ast.Module:
    """The tree of a test. Raises `Untranslatable` for what is no Python, magics included."""
    for number, line in enumerate(source.splitlines(), start=1):
        # Inside a text or brackets a line may begin so and be Python all the same.
        if _MAGIC.match(line) and _parsed(source) is None:
            raise Untranslatable("magic", f"line {number} is for IPython alone: {line.strip()[:80]}")
    try:
        return parsed(source)
    except SyntaxError as error:
        at = getattr(error, "lineno", None) or 0
        raise Untranslatable("no_python", f"line {at} is no Python: {error}") from error


def cell_tree(source: str) -> ast.Module | None:
    """The tree of a cell less its magics; None where it is no Python at all."""
    if (tree := _parsed(source)) is not None:
        return tree
    if (found := _CELL_MAGIC.match(source)) is not None and found[1] not in ("time", "timeit", "capture"):
        return None
    lines = [
        re.sub(r"\S.*", "pass", line, count=1) if _MAGIC.match(line) else line for line in source.splitlines()
    ]
    return _parsed("\n".join(lines))


def _parsed(source: str) -> ast.Module | None:
    try:
        return parsed(source)
    except SyntaxError:
        return None
