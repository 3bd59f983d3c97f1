"""A cell of nbgrader's autograder tests as checks: what is visible, what is hidden, where the points are."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.importing.assignment import Piece, Refusal
from grader.importing.ids import check_id
from grader.importing.nbgrader_config import Config
from grader.importing.notebooks import SourceCell
from grader.importing.python import does_something, python_of, tree_of
from grader.importing.regions import split


def pieces_of_tests(
    cell: SourceCell, name: str, points: float, config: Config, taken: set[str]
) -> Iterator[Piece]:
    """The checks of one cell. Its points are given for all of it or not at all, as nbgrader does.

    Where only a part is hidden, the visible part is a check of 0 points, and the whole cell a hidden one
    that needs it: hidden asserts use what the visible part has set up.
    """
    visible, everything, hides = split(cell.source, config.tests, cell.place)
    visible, everything = _untitled(python_of(visible)), _untitled(python_of(everything))
    place = f"cell {cell.number}"
    tree = tree_of(visible)
    title = _promise(tree_of(split(cell.source, config.tests, cell.place)[0]))
    public = tree is not None and does_something(tree)
    refused = _refusal(cell, everything, config)
    first = check_id(name, taken)
    if refused is not None or not hides:
        yield Piece(first, name, place, points, False, everything, title=title, refused=refused)
        return
    needs: tuple[str, ...] = ()
    if public:
        yield Piece(first, name, place, 0.0, False, visible, title=title)
        needs = (first,)
    second = check_id(f"{name}_hidden", {*taken, first}) if public else first
    yield Piece(second, name, place, points, True, everything, visible, needs)


def _refusal(cell: SourceCell, source: str, config: Config) -> Refusal | None:
    """Why the cell cannot become a check that runs, as far as its text tells."""
    for line in cell.source.split("\n"):
        if line.lstrip().startswith("#") and config.autotest in line:
            return Refusal("autotest", line.strip())
    tree = tree_of(source)
    if tree is None:
        return None  # translating says what is wrong with it
    if not does_something(tree):
        return Refusal("tests_nothing")
    last = tree.body[-1]
    said = _numeric_result(cell)
    if said or (isinstance(last, ast.Expr) and _is_value(last.value)):
        return Refusal("partial_credit", said or ast.unparse(last))
    return None


def _is_value(node: ast.expr) -> bool:
    """Whether a last line is there for its value, which nbgrader takes for the points."""
    match node:
        case ast.Constant(value=bool()) | ast.Constant(value=str()) | ast.Constant(value=None):
            return False
        case ast.Constant() | ast.Name() | ast.BinOp() | ast.IfExp() | ast.Subscript():
            return True
    return False


def _numeric_result(cell: SourceCell) -> str:
    for output in cell.outputs:
        data = output.get("data")
        if output.get("output_type") == "execute_result" and isinstance(data, dict):
            text = data.get("text/plain", "")
            text = "".join(text) if isinstance(text, list) else text
            try:
                float(text)
            except (TypeError, ValueError):
                continue
            return str(text)
    return ""


def _untitled(source: str) -> str:
    """The source without the text that it begins with, which is the check's title."""
    tree = tree_of(source)
    if not _promise(tree) or tree is None:
        return source
    lines = source.split("\n")
    first = tree.body[0]
    del lines[first.lineno - 1 : first.end_lineno]
    return "\n".join(lines)


def _promise(tree: ast.Module | None) -> str:
    """The text that the cell begins with, on one line."""
    if tree is None or not tree.body:
        return ""
    match tree.body[0]:
        case ast.Expr(value=ast.Constant(value=str(text))):
            line = " ".join(text.split())
            return line if line.isprintable() and len(line) <= 120 else ""
    return ""
