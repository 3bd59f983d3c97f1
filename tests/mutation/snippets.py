"""Notebooks and cells of a few lines, to try operators and rewrites on."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from pathlib import Path

from grader.lesson import Lesson
from grader.mutation.code import Code, Part
from grader.mutation.mutants import meaning_of
from grader.mutation.operator import Edit, Operator
from grader.solutions import Variant

TOML = 'lesson = "{name}"\nnumber = 1\nnames = {names}\n'


def cell(source: str, *about: str) -> Code:
    """A cell that is the student's own from the first line to the last."""
    return Code(1, 0, source, (Part(1, len(source.splitlines()), about),))


def edits(operator: Operator, code: Code) -> Iterator[tuple[Edit, str]]:
    """The operator's edits of a cell that are Python and no layout, each with the source that comes of it."""
    for node in code.own:
        if isinstance(node, operator.on):
            for edit in operator.edits(node, code):
                source = code.changed(edit.changes)
                if meaning_of(source) not in (None, code.meaning):
                    yield edit, source


def changed(before: str, after: str) -> list[str]:
    """The new lines, marked +; where there is none the lines that are gone, marked -."""
    lines = [
        line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:2] in ("+ ", "- ")
    ]
    new = [f"+ {line[2:].strip()}" for line in lines if line[0] == "+"]
    return new or [f"- {line[2:].strip()}" for line in lines]


def notebook(*cells: str) -> bytes:
    return json.dumps(
        {
            "cells": [
                {"cell_type": "code", "metadata": {}, "source": source, "outputs": []} for source in cells
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    ).encode()


def lesson(folder: Path, names: tuple[str, ...], more: str = "") -> Lesson:
    """A lesson of no checks in a folder, with an empty place for its solutions."""
    place = folder / "assignments" / "own"
    place.mkdir(parents=True, exist_ok=True)
    (folder / "solutions" / "own").mkdir(parents=True, exist_ok=True)
    (place / "lesson.toml").write_text(TOML.format(name="own", names=json.dumps(list(names))) + more, "utf-8")
    return Lesson.open(place)


def reference(*cells: str) -> Variant:
    return Variant("own", "reference", "reference", notebook(*cells))


def alternative(*cells: str) -> Variant:
    return Variant("own", "alternative", "other", notebook(*cells))
