"""What SOURCE is: one notebook or a folder of them, of which tool and in which form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from grader.errors import LessonError, UsageError
from grader.importing import nbgrader, otter, otter_generated
from grader.importing.assignment import Assignment
from grader.importing.notebooks import read
from grader.importing.otter_blocks import is_master

Tool = Literal["nbgrader", "otter"]


def assignments_in(tool: Tool, source: Path) -> list[Assignment]:
    """The assignments of a notebook or a folder, in the order of their names.

    Raises `UsageError` where there is no notebook, and `LessonError` naming what has to be mended in one.
    """
    reader: Callable[[Path], Assignment] = nbgrader.assignment if tool == "nbgrader" else _otter
    if source.is_file():
        return [reader(source)]
    if not source.is_dir():
        raise UsageError(f"There is no {source}. Name the source notebook, or the folder that holds it.")
    found = otter_generated.notebooks_in(source) if tool == "otter" else _directly_in(source)
    if not found:
        raise UsageError(f"{source} holds no notebook. {_deeper(source, tool)}")
    return [reader(path) for path in found]


def _otter(path: Path) -> Assignment:
    notebook = read(path)
    if is_master(notebook.cells):
        return otter.assignment(notebook)
    if otter_generated.has_tests(notebook):
        return otter_generated.assignment(notebook)
    raise LessonError(
        f"{path} has no blocks of otter assign (raw cells such as # BEGIN QUESTION), no tests in its "
        f"metadata and none in {path.parent / 'tests'}. Give the source notebook, or the folder that "
        "`otter assign` made."
    )


def _directly_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))


def _deeper(source: Path, tool: Tool) -> str:
    below = sorted(
        {str(path.parent) for path in source.glob("*/*.ipynb")}
        | {str(path.parent) for path in source.glob("source/*/*.ipynb")}
    )[:3]
    what = "an assignment, such as source/ps1" if tool == "nbgrader" else "the folder of one assignment"
    return f"Name {what}." + (f" Below it there are: {', '.join(below)}." if below else "")
