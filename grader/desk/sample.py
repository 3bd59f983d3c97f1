"""A small notebook and record that touch every part of reading and rendering, to warm the desk up with."""

from __future__ import annotations

import json

from grader.evidence import (
    Bars,
    Confusion,
    Curve,
    Evidence,
    Gallery,
    HeatMap,
    Image,
    Names,
    Pair,
    Series,
    Shapes,
    Steps,
    Table,
)
from grader.record import Cell, Check, Environment, Finding, Note, Output, Record, Run, Where, encode

_CODE = "def f(x):\n    return x + 1"


class Sample:
    """`notebook`: a file's bytes; `record`: those of a record with every kind of evidence."""

    @property
    def notebook(self) -> bytes:
        cells = [
            {"cell_type": "markdown", "metadata": {}, "source": "# A title"},
            {"cell_type": "code", "metadata": {}, "source": _CODE, "outputs": [], "execution_count": None},
        ]
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()

    @property
    def record(self) -> bytes:
        evidence: list[Evidence] = [
            HeatMap(["1"], ["1", "2"], [[0.0, 1.0]], [[True, False]]),
            Table(["@column.step"], [[1.0]], [0]),
            Steps(["a"], [["x"]], [[0, 0]]),
            Pair([1.0], [2.0], 0, 0.5),
            Shapes(["@axis.batch"], [2], [3], [0]),
            Bars(["w"], [0.0], [0]),
            Curve([1.0, 0.5]),
            Series(["a", "b"], [[0.0, 1.0], [1.0, 0.0]]),
            Confusion(["0", "1"], [[1, 1], [0, 2]]),
            Gallery([Image("0f", 2, "0", "1", 0.9)], 1),
            Names(["w"]),
        ]
        finding = Finding("shape.wrong", "", {}, evidence, Where(1, 1, _CODE.split("\n"), 1))
        checks = [
            Check("test_a", "", "public", "failed", None, 0.0, 1.0, [finding], 0.1),
            Check("test_b", "", "hidden", "blocked", None, 0.0, 1.0, [], 0.0, "test_a"),
            Check("test_c", "", "public", "passed", None, 1.0, 1.0, [], 0.1),
        ]
        outputs = [
            Output("stream", "stdout", {"text/plain": "a\x1b[31mb"}),
            Output("display", "", {"text/html": "<b>a</b>", "text/plain": "a"}),
            Output("error", "ValueError", {"text/plain": "ValueError: a"}),
        ]
        cells = [
            Cell("markdown", "# A *title*\n\n| a |\n|---|\n| 1 |"),
            Cell("code", _CODE, 1, "ok", 0.1, outputs),
        ]
        run = Run("cell_failed", 1, "ValueError: a", 0.1, Finding("notebook.cell_failed", ""), cells)
        environment = Environment("", "", "", "none", 0, "")
        notes = [Note("note.repaired", "")]
        return encode(Record("", "", "", "", "", 1.0, 3.0, "graded", 1.0, run, checks, notes, environment))
