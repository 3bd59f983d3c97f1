"""Small assignments of nbgrader and otter, written here, as their tools save them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PYTHON = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
Cell = dict[str, Any]


def code(source: str, *, tags: list[str] | None = None, printed: str = "") -> Cell:
    outputs = [{"output_type": "stream", "name": "stdout", "text": printed}] if printed else []
    metadata = {"tags": tags} if tags else {}
    cell = {"cell_type": "code", "metadata": metadata, "source": source}
    return {**cell, "outputs": outputs, "execution_count": None}


def text(source: str, *, tags: list[str] | None = None) -> Cell:
    return {"cell_type": "markdown", "metadata": {"tags": tags} if tags else {}, "source": source}


def raw(source: str) -> Cell:
    return {"cell_type": "raw", "metadata": {}, "source": source}


def marked(cell: Cell, name: str, **said: object) -> Cell:
    """The cell with nbgrader's metadata, version 3."""
    known = {"grade": False, "locked": False, "solution": False, "task": False, "schema_version": 3}
    return {**cell, "metadata": {"nbgrader": {**known, "grade_id": name, **said}}}


def solution(source: str, name: str) -> Cell:
    return marked(code(source), name, solution=True)


def graded(source: str, name: str, points: float) -> Cell:
    return marked(code(source), name, grade=True, locked=True, points=points)


def save(path: Path, cells: list[Cell], **metadata: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = {"cells": cells, "metadata": {**PYTHON, **metadata}, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return path


DOUBLE = """\
def double(x):
    \"\"\"Twice x.\"\"\"
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION"""
MEAN = """\
def mean(values):
    return sum(values) / len(values)"""
HALF_HIDDEN = """\
\"\"\"The mean of numbers\"\"\"
numbers = [1.0, 2.0, 6.0]
more_numbers = [float(one) for one in range(1, 12)]
assert abs(mean(more_numbers) - 6.0) < 1e-9, "the mean of 1 to 11 is 6"
assert mean(numbers) == 3.0
### BEGIN HIDDEN TESTS
assert mean(numbers + [7.0]) == 4.0
assert mean([5.0]) == 5.0
### END HIDDEN TESTS"""


def of_nbgrader() -> list[Cell]:
    """Each kind of cell that nbgrader knows, once or twice: 12 points, 5 of them given by a person."""
    return [
        marked(text("# Numbers and their mean\n\nWrite two functions."), "intro", locked=True),
        marked(code("import math\nlimit = 3"), "imports", locked=True),
        solution(DOUBLE, "double"),
        graded("assert double(2) == 4\nassert double(-1) == -2", "double_small", 2),
        solution(MEAN, "mean"),
        graded(HALF_HIDDEN, "mean_right", 3),
        graded("### BEGIN HIDDEN TESTS\nassert double(limit) == 6\n### END HIDDEN TESTS", "double_kept", 2),
        graded("assert callable(double)\nassert double(1) == 2", "double_free", 0),
        marked(text("Because two halves make a whole."), "why", grade=True, solution=True, points=3),
        marked(
            text("### Draw a picture\n\n### BEGIN MARK SCHEME\nTwo axes: 1 point.\n### END MARK SCHEME"),
            "picture", task=True, points=2, locked=True,
        ),
        code("# your picture"),
        text("The end."),
    ]  # fmt: skip


def of_otter() -> list[Cell]:
    """Otter's questions of every kind: 9 points, 2 of them given by a person."""
    return [
        raw("# ASSIGNMENT CONFIG\ninit_cell: true\nfiles:\n    - numbers.csv"),
        text("# A walk with otters"),
        code("import numpy as np\nsteps = 4"),
        raw("# BEGIN QUESTION\nname: q1\npoints: 3"),
        text("Define `square` and `nine`."),
        raw("# BEGIN SOLUTION"),
        code(
            "def square(x):\n    # BEGIN SOLUTION\n    y = x * x\n    return y\n    # END SOLUTION\n\n"
            "nine = square(3) # SOLUTION\nprint(nine) # SOLUTION NO PROMPT"
        ),
        raw("# END SOLUTION"),
        raw("# BEGIN TESTS"),
        code("square(2) == 4", printed="True"),
        code('""" # BEGIN TEST CONFIG\npoints: 1.5\nfailure_message: Is nine three times three?\n'
             '""" # END TEST CONFIG\nnine', printed="9"),
        code("# HIDDEN\nassert square(-3) == 9"),
        raw("# END TESTS"),
        raw("# END QUESTION"),
        raw("# BEGIN QUESTION\nname: q2\nall_or_nothing: true\npoints: 2"),
        raw("# BEGIN SOLUTION"),
        code("## solution ##\npath = np.arange(steps) # SOLUTION"),
        raw("# END SOLUTION"),
        raw("# BEGIN TESTS"),
        code("assert len(path) == 4"),
        code("# HIDDEN\nassert int(path[-1]) == 3"),
        raw("# END TESTS"),
        raw("# END QUESTION"),
        raw("# BEGIN QUESTION\nname: q3\nmanual: true\npoints: 2"),
        text("Why does it walk?"),
        raw("# BEGIN SOLUTION"),
        text("**SOLUTION** To get there."),
        raw("# END SOLUTION"),
        raw("# END QUESTION"),
        raw("# BEGIN QUESTION\nname: q4\npoints: [1, 1]"),
        raw("# BEGIN SOLUTION"),
        code(
            "# BEGIN SOLUTION NO PROMPT\ndef walk(n):\n    return list(range(n))\n# END SOLUTION\n"
            '""" # BEGIN PROMPT\ndef walk(n):\n    ...\n"""; # END PROMPT'
        ),
        raw("# END SOLUTION"),
        raw("# BEGIN TESTS"),
        code("walk(3)", printed="[0, 1, 2]"),
        code("# HIDDEN\nassert walk(0) == []"),
        raw("# END TESTS"),
        raw("# END QUESTION"),
        text("Done."),
    ]  # fmt: skip
