"""The same lesson as an assignment of nbgrader's and of otter's: the same cells, their kind of tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell

from tests.bench.asserts import Asserts

Notebook = dict[str, Any]


def nbgrader_source(tests: Sequence[Asserts]) -> Notebook:
    """The instructor's notebook: its test cells, from which nbgrader learns what there is to earn."""
    return _notebook([_nbgrader_cell(test) for test in tests])


def nbgrader_submission(student: Notebook, tests: Sequence[Asserts]) -> Notebook:
    """What a student hands in: his cells as they are, then the test cells that he was given."""
    return student | {"cells": [*student["cells"], *(_nbgrader_cell(test) for test in tests)]}


def otter_submission(student: Notebook, tests: Sequence[Asserts]) -> Notebook:
    """What a student hands in: an otter object, his cells as they are, then a call of each test."""
    first = _code("otter-first", "import otter\ngrader = otter.Notebook()")
    asked = [_code(f"otter-{test.name}", f'grader.check("{test.name}")') for test in tests]
    return student | {"cells": [first, *student["cells"], *asked]}


def otter_test(test: Asserts) -> str:
    """A test file in OK format: a doctest of the same asserts, points on the whole."""
    lines = test.source.rstrip("\n").splitlines()
    told = [f"{'... ' if line.startswith(' ') else '>>> '}{line}" for line in lines]
    case = {"code": "\n".join(told) + "\n", "hidden": False, "locked": False}
    suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    whole = {"name": test.name, "points": test.points, "suites": [suite]}
    return f"OK_FORMAT = True\n\ntest = {whole!r}\n"


def write(notebook: Notebook, path: Path) -> Path:
    """`notebook` at `path`, whose folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def _nbgrader_cell(test: Asserts) -> dict[str, Any]:
    cell = _code(f"test-{test.name}", test.source)
    cell["metadata"]["nbgrader"] = {
        "grade": True,
        "grade_id": test.name,
        "locked": True,
        "points": test.points,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    return cell


def _code(identity: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = new_code_cell(source, id=identity.replace("_", "-"))  # type: ignore[no-untyped-call]
    return cell


def _notebook(cells: list[dict[str, Any]]) -> Notebook:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
