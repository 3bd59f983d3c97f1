"""The lessons' own notebooks as code to compare."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from grader.similar.code import Code, Known

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted(path.parent.name for path in (ROOT / "assignments").glob("*/lesson.toml"))


@cache
def cells(path: Path) -> list[str]:
    """The code cells of a notebook that hold anything."""
    found = [
        "".join(cell["source"])
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    return [source for source in found if source.strip()]


def starter(lesson: str) -> list[str]:
    return cells(ROOT / "assignments" / lesson / f"{lesson}.ipynb")


def reference(lesson: str) -> list[str]:
    return cells(ROOT / "solutions" / lesson / "reference.ipynb")


def alternatives(lesson: str) -> dict[str, list[str]]:
    """Right solutions of a lesson that were written apart from each other, by name."""
    return {
        path.stem: cells(path)
        for path in sorted((ROOT / "solutions" / lesson / "alternatives").glob("*.ipynb"))
    }


@cache
def known(lesson: str) -> Known:
    return Known.of(starter(lesson), reference(lesson))


def contract(lesson: str) -> list[str]:
    """The names that the lesson asks for, which no student may change."""
    names: list[str] = tomllib.loads((ROOT / "assignments" / lesson / "lesson.toml").read_text("utf-8"))[
        "names"
    ]
    return names


def code(source: Sequence[str] | str, lesson: str | None = None) -> Code:
    of = [source] if isinstance(source, str) else source
    return Code.of(of, known(lesson) if lesson else Known.of([]))


def notebook(of: Sequence[str], lesson: str) -> bytes:
    """An .ipynb with these code cells."""
    made = [
        {"cell_type": "code", "source": one, "metadata": {}, "outputs": [], "execution_count": None}
        for one in of
    ]
    return json.dumps(
        {"cells": made, "metadata": {"grader": {"lesson": lesson}}, "nbformat": 4, "nbformat_minor": 5}
    ).encode()
