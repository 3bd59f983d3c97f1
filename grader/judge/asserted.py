"""What a test said in failing: its line, its own message, what was expected and what was got."""

from __future__ import annotations

import ast
import re
import traceback
from pathlib import Path

import pytest

from grader.judge.finding import Finding

_OURS = Path(__file__).resolve().parent.parent
_NOTEBOOK = re.compile(r"\bnotebook\.(\w+)")
_COMPARED = re.compile(r"assert (?P<left>.*) == (?P<right>.*)")
_LONGEST = 200
_MISTAKES_OF_TESTS = (NameError, ImportError, SyntaxError)
"""Raised by the test's own words, whatever the notebook says; an `UnboundLocalError` is one as well."""


def asserted(error: BaseException, folder: Path) -> Finding | None:
    """The finding of an assertion that a check in `folder` made, itself or by an assert of a library.

    None where nothing was asserted, or where code of ours did so.
    """
    if isinstance(error, Finding) or not isinstance(error, AssertionError | pytest.fail.Exception):
        return None
    frames = traceback.extract_tb(error.__traceback__)
    inside = [at for at, frame in enumerate(frames) if Path(frame.filename).is_relative_to(folder)]
    if not inside or any(Path(f.filename).is_relative_to(_OURS) for f in frames[inside[-1] + 1 :]):
        return None
    frame = frames[inside[-1]]
    statement = _statement(Path(frame.filename), frame.lineno or 0)
    own = inside[-1] == len(frames) - 1
    facts = {"line": _line(statement), **(_said(error, statement) if own else {"said": _first(str(error))})}
    return Finding("test.failed", facts=facts, about=_about(statement))


def stopped(error: BaseException | None, folder: Path) -> Finding | None:
    """The finding of a test that stopped at what it got; None where its own words are wrong."""
    if error is None or isinstance(error, _MISTAKES_OF_TESTS) or not isinstance(error, Exception):
        return None
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(folder)]
    statement = _statement(Path(frames[-1].filename), frames[-1].lineno or 0) if frames else None
    facts = {"line": _line(statement), "type": type(error).__name__, "message": str(error)[:400]}
    return Finding("test.stopped", facts=facts, about=_about(statement))


def _statement(path: Path, line: int) -> ast.stmt | None:
    """The innermost statement at this line."""
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return None
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return max(around, key=lambda node: (node.lineno, -(node.end_lineno or 0)), default=None)


def _line(statement: ast.stmt | None) -> str:
    """The statement as the teacher wrote it, less what the check needs besides; of a block its first line."""
    if statement is None:
        return ""
    if isinstance(statement, ast.Assert):
        statement = ast.copy_location(ast.Assert(test=statement.test, msg=None), statement)
    text = ast.unparse(statement).splitlines()[0]
    text = _NOTEBOOK.sub(r"\1", text).replace("is_a(", "isinstance(").replace("is_callable(", "callable(")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _about(statement: ast.stmt | None) -> str | None:
    """The first name of the notebook in the statement."""
    found = _NOTEBOOK.search(ast.unparse(statement)) if statement is not None else None
    return found[1] if found else None


def _said(error: BaseException, statement: ast.stmt | None) -> dict[str, str]:
    """pytest writes the test's own message first, then `assert 8 == 9` and where each number came from."""
    text = str(error)
    before, begins, after = text.rpartition("\nassert ")
    explained = f"assert {after}" if begins else text
    facts = {"said": _first(before)} if begins else {}
    if not explained.startswith("assert "):
        return {"said": _first(text)}
    first = explained.splitlines()[0]
    test = statement.test if isinstance(statement, ast.Assert) else None
    compared = _COMPARED.fullmatch(first)
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and compared and first.count(" == ") == 1:
        left, right = compared["left"], compared["right"]
        swapped = _NOTEBOOK.search(ast.unparse(test.comparators[0])) and not _NOTEBOOK.search(
            ast.unparse(test.left)
        )
        got, expected = (right, left) if swapped else (left, right)
        return {**facts, "got": got[:_LONGEST], "expected": expected[:_LONGEST]}
    return {**facts, "detail": first.removeprefix("assert ")[:_LONGEST]}


def _first(text: str) -> str:
    """What is said, without the blank lines that libraries set around it."""
    return " ".join(text.split())[:400]
