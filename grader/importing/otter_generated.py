"""What `otter assign` made: a folder autograder/ with the solved notebook, and its tests beside or in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from grader.errors import LessonError
from grader.importing.assignment import Assignment, Cell, Piece
from grader.importing.data import beside
from grader.importing.notebooks import SourceCell, SourceNotebook, title_of
from grader.importing.otter import response
from grader.importing.otter_cases import Question, pieces_of
from grader.importing.otter_files import from_table, question_in, question_of
from grader.importing.otter_lines import converted
from grader.importing.python import python_of, tree_of
from grader.importing.setting import Setting
from grader.starter import BEGIN

_SOLUTION = "otter_assign_solution_cell"
_EXPORT = re.compile(r"<!-- (?:BEGIN|END) QUESTION -->\n*")


def assignment(notebook: SourceNotebook) -> Assignment:
    """The assignment in a notebook of autograder/. Raises `LessonError` without tests or solution."""
    path = notebook.path
    questions = _questions(notebook)
    pieces: list[Piece] = []
    for question in questions:
        pieces += pieces_of(question, {piece.id for piece in pieces}, str(path))
    source = [cell for cell in notebook.cells if not _of_otter(cell)]
    cells = list(_cells(source))
    if not any(BEGIN in cell.source for cell in cells):
        raise LessonError(
            f"{path} marks no solution. Give the source notebook, or the one in autograder/ that "
            "`otter assign` made: students' notebooks hold no answers to prove the checks with."
        )
    code = [(cell, made) for cell, made in zip(source, cells, strict=True) if cell.kind == "code"]
    given = [python_of(cell.source) for cell, made in code if not made.solution]
    solved = [python_of(cell.source) for cell, made in code if made.solution]
    data, left = beside(path)
    by_hand = "Questions that a person marks stand in the source notebook only; import that one to have them."
    return Assignment(
        "otter",
        path.stem,
        title_of(source, path.stem),
        path,
        tuple(cells),
        tuple(pieces),
        data,
        (*left, by_hand),
        Setting(tuple(given), tuple(solved)),
    )


def has_tests(notebook: SourceNotebook) -> bool:
    """Whether tests of otter stand in the notebook's metadata or in tests/ beside it."""
    return bool(_in_metadata(notebook)) or any((notebook.path.parent / "tests").glob("*.py"))


def _questions(notebook: SourceNotebook) -> list[Question]:
    path = notebook.path
    questions = []
    for name, said in _in_metadata(notebook).items():
        where = f"{path}: the test {name} in its metadata"
        if isinstance(said, str):
            questions.append(question_of(said, where, "the notebook's metadata"))
        else:
            questions.append(from_table(said, where, "the notebook's metadata"))
    if not questions:
        files = sorted((path.parent / "tests").glob("*.py"), key=lambda file: _natural(file.stem))
        questions = [question_in(file) for file in files if file.name != "__init__.py"]
    if not any(question.cases for question in questions):
        raise LessonError(
            f"{path} has no tests: neither in its metadata nor in {path.parent / 'tests'}. "
            "Give the source notebook, or the folder that `otter assign` made."
        )
    order = {name: place for place, name in enumerate(_asked(notebook))}
    return sorted(questions, key=lambda one: order.get(one.name, len(order)))


def _in_metadata(notebook: SourceNotebook) -> dict[str, object]:
    said = notebook.metadata.get("otter")
    tests = said.get("tests") if isinstance(said, dict) else None
    return tests if isinstance(tests, dict) else {}


def _asked(notebook: SourceNotebook) -> Iterator[str]:
    """Names of questions in the order of their check cells."""
    for cell in notebook.cells:
        yield from re.findall(r"grader\.check\(['\"]([^'\"]+)['\"]\)", cell.source)


def _of_otter(cell: SourceCell) -> bool:
    """Whether the cell only starts or asks otter, or is the text that otter adds."""
    if cell.kind == "markdown":
        text = _EXPORT.sub("", cell.source).strip()
        return not text or text.startswith(
            ("## Submission\n\nMake sure you have run", "---\n\nTo double-check")
        )
    tree = tree_of(cell.source) if cell.kind == "code" else None
    if tree is None or not tree.body:
        return False
    return all(_speaks_to_otter(statement) for statement in tree.body)


def _speaks_to_otter(statement: ast.stmt) -> bool:
    match statement:
        case ast.Import(names=[ast.alias(name="otter")]):
            return True
        case ast.Assign(value=ast.Call(func=ast.Attribute(value=ast.Name(id="otter"), attr="Notebook"))):
            return True
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id="grader"), attr="check" | "check_all" | "export")
            )
        ):
            return True
    return False


def _cells(source: list[SourceCell]) -> Iterator[Cell]:
    for cell in source:
        text = _EXPORT.sub("", cell.source) if cell.kind == "markdown" else cell.source
        tags = cell.metadata.get("tags")
        solves = isinstance(tags, list) and _SOLUTION in tags
        if cell.kind == "code":
            made = converted(text, cell.place)
            yield Cell("code", made, solves or made != text, kept=solves)
        elif cell.kind == "markdown" and solves:
            yield Cell("markdown", response(text), True, kept=True)
        else:
            yield Cell(cell.kind, text)


def _natural(name: str) -> list[tuple[int, str]]:
    """q2 before q10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)]


def notebooks_in(folder: Path) -> list[Path]:
    """The solved notebooks of a folder that `otter assign` wrote: of autograder/, where there is one."""
    place = folder / "autograder" if (folder / "autograder").is_dir() else folder
    return sorted(path for path in place.glob("*.ipynb") if not path.name.startswith("."))
