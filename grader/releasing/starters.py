"""The starter as it leaves: in step with the reference, without outputs and history."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.errors import LessonError
from grader.lesson import Lesson
from grader.reading import json_of
from grader.starter import BEGIN, starter_of

_NOTEBOOK_KEYS = {"grader", "kernelspec", "language_info"}
_CELL_KEYS = {"cell_type", "id", "metadata", "source", "outputs", "execution_count", "attachments"}
_CELL_METADATA = {"tags", "deletable", "editable", "collapsed"}


def refuse_starter(lesson: Lesson, content: bytes, reference: bytes) -> None:
    """Raises `LessonError` unless `content` is what stripping `reference` gives, and holds nothing else."""
    path = lesson.starter
    for trouble in _troubles(_parsed(content, path)):
        raise LessonError(
            f"Nothing was released: {path} {trouble}. Make it from the reference: "
            f"python -m grader.starter writes it anew."
        )
    if BEGIN.encode() not in reference:
        raise LessonError(
            f"Nothing was released: {lesson.solutions / 'reference.ipynb'} marks no solution with {BEGIN!r}, "
            f"so the starter would be the answer. Mark what students have to write."
        )
    if content != starter_of(lesson.solutions / "reference.ipynb"):
        raise LessonError(
            f"Nothing was released: {path} is not in step with the reference, so it may hold a part of the "
            f"solution. python -m grader.starter writes it anew."
        )


def prose(content: bytes, path: Path) -> str:
    """All that a reader of the notebook could read: the sources of its cells, and what else it holds."""
    notebook = _parsed(content, path)
    cells = notebook["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    rest = {key: value for key, value in notebook.items() if key != "cells"}
    around = [{key: value for key, value in cell.items() if key != "source"} for cell in cells]
    return "\n".join([*sources, json.dumps([rest, around], ensure_ascii=False)])


def code_lines(notebook: Mapping[str, Any]) -> Iterator[str]:
    """Each line of the code cells, without the blanks around it."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            yield from (line.strip() for line in "".join(cell["source"]).splitlines())


def _parsed(content: bytes, path: Path) -> dict[str, Any]:
    try:
        notebook = json_of(content)
        cells = notebook["cells"]
        if notebook["nbformat"] == 4 and all(
            isinstance(cell["source"], (str, list)) and isinstance(cell["cell_type"], str) for cell in cells
        ):
            return dict(notebook)
    except (ValueError, KeyError, TypeError):
        pass
    raise LessonError(f"Nothing was released: {path} is no notebook of nbformat 4. Save it again.")


def _troubles(notebook: Mapping[str, Any]) -> Iterator[str]:
    metadata = notebook.get("metadata", {})
    for key in sorted(set(metadata) - _NOTEBOOK_KEYS):
        yield f"has metadata {key!r}, which tell of whoever wrote it"
    if set(notebook) - {"cells", "metadata", "nbformat", "nbformat_minor"}:
        yield "has fields that no notebook has"
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell.get("outputs"):
            yield f"has outputs in cell {number}"
        if cell.get("execution_count") is not None:
            yield f"has an execution count in cell {number}: it was run"
        for key in sorted(set(cell.get("metadata", {})) - _CELL_METADATA):
            yield f"has metadata {key!r} in cell {number}, which may tell of its history"
        for key in sorted(set(cell) - _CELL_KEYS):
            yield f"has a field {key!r} in cell {number}, which no cell has"
