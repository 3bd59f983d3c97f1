"""An assignment of nbgrader: its source notebook as students get it, and what each of its cells is worth.

| cell | becomes |
|---|---|
| solution, with or without a region | a region of ours, with nbgrader's blank |
| tests: all of it visible | a public check with the points |
| tests with hidden regions | a public check without points, and a hidden one of the whole cell with them |
| tests, all hidden | a hidden check |
| graded by hand: code, text, task | a check that a person marks |
| read-only | the same cell, locked |

Metadata of all schema versions is read: version 0 had neither, version 3 added tasks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import LessonError
from grader.importing.assignment import Assignment, Cell, Piece
from grader.importing.data import beside
from grader.importing.earlier import complete
from grader.importing.ids import check_id
from grader.importing.nbgrader_config import Config, config_for
from grader.importing.nbgrader_tests import pieces_of_tests
from grader.importing.notebooks import SourceCell, heading_of, read, title_of
from grader.importing.python import python_of
from grader.importing.regions import marked, split, whole
from grader.importing.setting import Setting

_LATEST = 3


@dataclass(frozen=True)
class Marks:
    """What nbgrader's metadata say of one cell. `id` is "" where it is none of nbgrader's."""

    id: str = ""
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False
    points: float = 0.0


def assignment(path: Path) -> Assignment:
    """The assignment in the notebook at `path`.

    Raises `LessonError` naming the cell where it is none of nbgrader's, or where nbgrader itself would refuse
    it: no grade_id, the same one twice, no points, a region that is not closed.
    """
    config = config_for(path.parent)
    body = read(path)
    header, footer = _around(config.header, config), _around(config.footer, config)
    source = [*header, *body.cells, *footer]
    known = [(cell, marks_of(cell)) for cell in source]
    if not any(marks.id for _, marks in known):
        raise LessonError(
            f"{path} has no cell that nbgrader knows: no metadata says what is a solution or a test. Give it "
            "the source notebook (source/<assignment>/), with the cell types set in nbgrader's toolbar."
        )
    _refuse_doubles(known)
    cells = [_cell(cell, marks, config) for cell, marks in known]
    pieces: list[Piece] = []
    for cell, marks in known:
        pieces += _pieces(cell, marks, config, {piece.id for piece in pieces})
    given = [
        cell.source for cell, marks in known if cell.kind == "code" and not (marks.solution or marks.grade)
    ]
    solved = [cell.source for cell, marks in known if cell.kind == "code" and marks.solution]
    data, left = beside(path)
    return Assignment(
        "nbgrader",
        path.stem,
        title_of(body.cells, path.stem),
        path,
        tuple(cells),
        tuple(complete(pieces, map(python_of, (*given, *solved)))),
        data,
        (*left, *_notes(config, source)),
        Setting(tuple(map(python_of, given)), tuple(map(python_of, solved))),
    )


def marks_of(cell: SourceCell) -> Marks:
    """What the metadata say, brought to the latest version. Raises `LessonError` where they cannot be."""
    said = cell.metadata.get("nbgrader")
    if not isinstance(said, dict):
        return Marks()
    version = said.get("schema_version", 0)
    if not isinstance(version, int | float) or not 0 <= version <= _LATEST:
        raise LessonError(
            f"{cell.place} has nbgrader metadata of version {version!r}; versions up to {_LATEST} are read. "
            "Save the notebook with nbgrader 0.9 and import it again."
        )
    grade, solution, locked, task = (said.get(key) is True for key in ("grade", "solution", "locked", "task"))
    if not (grade or solution or locked or task):
        return Marks()
    name = said.get("grade_id")
    if not isinstance(name, str) or not name.strip():
        raise LessonError(f"{cell.place} has no grade_id. Give it one in nbgrader's toolbar.")
    if grade and not solution and not task and cell.kind != "code":
        raise LessonError(
            f"{cell.place} (`{name}`) is a text cell marked as tests. Mark it as a manually graded answer."
        )
    return Marks(name, grade, solution, locked, task, _points(cell, name, said) if grade or task else 0.0)


def _points(cell: SourceCell, name: str, said: dict[str, Any]) -> float:
    points = said.get("points", 0)
    try:
        number = float(points or 0)
    except (TypeError, ValueError):
        number = float("nan")
    if not number < 1e6:
        raise LessonError(f"{cell.place} (`{name}`) is worth {points!r} points, which is no number.")
    return max(number, 0.0)


def _refuse_doubles(known: list[tuple[SourceCell, Marks]]) -> None:
    seen: dict[str, SourceCell] = {}
    for cell, marks in known:
        if marks.id in seen:
            raise LessonError(
                f"{cell.place} has the grade_id `{marks.id}` that cell {seen[marks.id].number} has. "
                "Give one of them another: nbgrader refuses this as well."
            )
        if marks.id:
            seen[marks.id] = cell


def _cell(cell: SourceCell, marks: Marks, config: Config) -> Cell:
    """The cell as it stands in the reference."""
    source = cell.source
    if cell.kind == "raw":
        return Cell("raw", source)
    stub = config.code_stub if cell.kind == "code" else config.text_stub
    default = Config().code_stub if cell.kind == "code" else Config().text_stub
    prompt = None if stub == default else stub.split("\n")
    if not marks.grade or marks.solution:
        if split(source, config.tests, cell.place)[2]:
            raise LessonError(
                f"{cell.place} holds {config.tests.begin!r} and is no cell of tests. Mark it as autograder "
                "tests, or take the region out."
            )
    else:
        source = split(source, config.tests, cell.place)[0]
    text, _, schemed = split(source, config.scheme, cell.place)
    if schemed:
        source = marked(source, config.scheme, cell.place, ())
        if config.solution.begin in text:
            raise LessonError(
                f"{cell.place} has a solution and a mark scheme in one cell. Put the scheme into a cell "
                "of its own."
            )
    if schemed:
        pass  # our own marks stand in it now
    elif split(source, config.solution, cell.place)[2]:
        source = marked(source, config.solution, cell.place, prompt)
    elif marks.solution:
        source = whole(_without_timing(source), prompt)
    locked = (marks.grade or marks.locked) and not marks.solution
    return Cell(cell.kind, source, marks.solution, locked, marks.solution)


def _without_timing(source: str) -> str:
    """A cell magic has to stand first, where our mark will stand; timing a solution is nobody's need."""
    return re.sub(r"\A\s*%%(?:time|timeit|capture)\b[^\n]*\n", "", source)


def _pieces(cell: SourceCell, marks: Marks, config: Config, taken: set[str]) -> Iterator[Piece]:
    if marks.grade and not marks.solution and not marks.task:
        yield from pieces_of_tests(cell, marks.id, marks.points, config, taken)
    elif marks.grade or marks.task:
        name = check_id(marks.id, taken)
        place = f"cell {cell.number}"
        yield Piece(name, marks.id, place, marks.points, False, None, title=_first_line(cell, marks))


def _first_line(cell: SourceCell, marks: Marks) -> str:
    """A task's own first line; of an answer nothing, because the source holds the answer."""
    return heading_of(cell.source) if marks.task else ""


def _around(said: str, config: Config) -> list[SourceCell]:
    if not said or config.root is None:
        return []
    return list(read(config.root / said).cells)


def _notes(config: Config, source: list[SourceCell]) -> Iterator[str]:
    for name in config.unread:
        yield f"{name} in nbgrader_config.py is no plain text, so nbgrader's own setting was taken."
    for cell in source:
        if cell.attached:
            yield f"Cell {cell.number} has a picture in it, which stays behind. Put it beside the notebook."
