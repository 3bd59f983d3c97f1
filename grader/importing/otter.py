"""An assignment of otter: its source notebook, with questions, solutions and tests in blocks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from grader.errors import LessonError
from grader.importing.assignment import Assignment, Cell, Piece, Refusal
from grader.importing.data import beside
from grader.importing.doctests import Refused, compared
from grader.importing.notebooks import SourceCell, SourceNotebook, title_of
from grader.importing.otter_blocks import Master, Placed, settings_in, taken_apart
from grader.importing.otter_cases import Case, Question, pieces_of
from grader.importing.otter_functions import body_of
from grader.importing.otter_lines import converted, without_ignored
from grader.importing.python import plain, python_of
from grader.importing.regions import opened
from grader.importing.setting import Setting
from grader.importing.trees import parsed
from grader.starter import END

RESPONSE = "_Type your answer here, replacing this text._"
_HIDDEN = re.compile(r"\s*#.*\bhidden\b", re.IGNORECASE)
_CONFIGURED = re.compile(r"(?:\w+\s*=\s*)?\"{2,3}\s*#\s*begin\s+test\s+config", re.IGNORECASE)
_CONFIGURED_END = re.compile(r"\"{2,3}\s*;?\s*#\s*end\s+test\s+config", re.IGNORECASE)


def assignment(notebook: SourceNotebook) -> Assignment:
    """The assignment in a source notebook. Raises `LessonError` naming the cell that has to be mended."""
    path = notebook.path
    master = taken_apart(notebook.cells)
    exceptional = _table(master.config.get("tests")).get("ok_format") is False
    everywhere = master.config.get("strip_solutions_from_all_cells") is True
    questions = [_question(number, master, exceptional) for number in range(len(master.questions))]
    _refuse_doubles(master)
    pieces: list[Piece] = []
    for question in questions:
        pieces += pieces_of(question, {piece.id for piece in pieces}, str(path))
    cells = list(_cells(master, everywhere))
    code = [one for one in master.placed if one.cell.kind == "code" and one.block != "tests"]
    given = [_plain_code(one, everywhere) for one in code if one.block != "solution"]
    solved = [_plain_code(one, True) for one in code if one.block == "solution"]
    data, left = beside(path)
    return Assignment(
        "otter",
        path.stem,
        title_of([one.cell for one in master.placed], path.stem),
        path,
        tuple(cells),
        tuple(pieces),
        data,
        (*left, *_notes(master)),
        Setting(tuple(map(python_of, given)), tuple(map(python_of, solved))),
    )


def response(answer: str) -> str:
    """A written answer as a region whose blank is the one that otter gives students."""
    return "\n".join([*opened([RESPONSE], ""), answer, END])


def _question(number: int, master: Master, exceptional: bool) -> Question:
    said, cell = master.questions[number]
    cases = tuple(
        _case(one.cell, said["name"], exceptional)
        for one in master.placed
        if one.question == number and one.block == "tests"
    )
    return Question(
        said["name"],
        f"cell {cell.number}",
        said.get("points"),
        said.get("manual") is True,
        said.get("all_or_nothing") is True,
        cases,
    )


def _refuse_doubles(master: Master) -> None:
    seen: dict[str, SourceCell] = {}
    for said, cell in master.questions:
        if said["name"] in seen:
            raise LessonError(
                f"{cell.place} begins a question {said['name']!r}, as cell {seen[said['name']].number} does. "
                "Call one of them otherwise."
            )
        seen[said["name"]] = cell


def _case(cell: SourceCell, question: str, exceptional: bool) -> Case:
    lines = cell.source.split("\n")
    hidden = _HIDDEN.match(lines[0]) is not None
    said: dict[str, Any] = {}
    if _CONFIGURED.match(lines[0]):
        end = next((index for index, line in enumerate(lines) if _CONFIGURED_END.match(line)), None)
        if end is None:
            raise LessonError(
                f'{cell.place} begins a test config and does not end it. Add """ # END TEST CONFIG.'
            )
        said = settings_in("\n".join(lines[1:end]), cell.place)
        lines = lines[end + 1 :]
    hidden = said.get("hidden", hidden) is True
    message = said.get("failure_message")
    refused = None
    source = "\n".join(lines)
    try:
        code = _function(source, cell) if exceptional else compared(source, _output(cell))
    except Refused as error:
        code, refused = plain(source), error.why
    return Case(code, hidden, said.get("points"), message if isinstance(message, str) else "", refused)


def _function(source: str, cell: SourceCell) -> str:
    """The body of the one function that an exception-based test cell defines. Raises `Refused`."""
    try:
        tree = parsed(source)
    except SyntaxError as error:
        raise Refused(Refusal("no_python", f"line {error.lineno}: {error.msg}")) from error
    function = tree.body[0] if tree.body else None
    if not isinstance(function, ast.FunctionDef) or len(tree.body) > 2:
        raise LessonError(
            f"{cell.place} is a test in the exception-based format and has to be one function, with at most "
            "one call of it below."
        )
    return body_of(function)


def _output(cell: SourceCell) -> str:
    """What the cell printed when it was run, and the value it ended with."""
    said = []
    for output in cell.outputs:
        text = output.get("text", "")
        data = _table(output.get("data")).get("text/plain", "")
        said += ["".join(one) if isinstance(one, list) else str(one) for one in (text, data)]
    return "".join(said)


def _cells(master: Master, everywhere: bool) -> Iterator[Cell]:
    placed = [one for one in master.placed if one.block != "tests"]
    answered: set[int] = set()
    prompted = {one.question for one in placed if one.block == "prompt"}
    for one in placed:
        source = without_ignored(one.cell.source, one.cell.place)
        solves = one.block == "solution"
        if one.cell.kind == "code" and (solves or everywhere):
            yield Cell("code", converted(source, one.cell.place), solves, kept=solves)
        elif one.cell.kind == "markdown" and solves:
            shown = one.question not in prompted and one.question not in answered and _manual(master, one)
            answered.add(one.question or 0)
            text = response(source) if shown else "\n".join([*opened([], ""), source, END])
            yield Cell("markdown", text, True, kept=True)
        else:
            yield Cell(one.cell.kind, source, locked=one.block == "question")


def _manual(master: Master, one: Placed) -> bool:
    return one.question is not None and master.questions[one.question][0].get("manual") is True


def _plain_code(one: Placed, marked: bool) -> str:
    """The code as it runs in the reference, without marks of otter or of ours."""
    source = without_ignored(one.cell.source, one.cell.place)
    if not marked:
        return source
    kept = converted(source, one.cell.place).split("\n")
    return "\n".join(line for line in kept if not line.lstrip().startswith("### "))


def _notes(master: Master) -> Iterator[str]:
    for key, said in (
        ("plugins", "Plugins of otter are not run"),
        ("seed", "The seed of a variable is not set: a lesson's generators have the seed of lesson.toml"),
    ):
        if master.config.get(key):
            yield f"{said}."


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
