"""The files of a lesson made of an assignment: notebook, checks, words, settings, the teacher's page."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from grader.importing.assignment import Assignment, Cell
from grader.importing.check_files import file_of, points
from grader.importing.kinds import Check, reason_of, said
from grader.importing.python import bound, loaded, tree_of

_STRENGTH = {"judged": "judged on our side", "weak": "weak: judged on the student's side"}


def files_of(assignment: Assignment, checks: Sequence[Check], name: str, number: int) -> dict[str, bytes]:
    """Bytes by path, those of assignments/<lesson>/ below "assignments/", the solution below "solutions/".

    The starter is not among them: it is made from the reference. Data files are not either.
    """
    written = [check for check in checks if check.written]
    files = {
        "solutions/reference.ipynb": _notebook(assignment, name),
        "assignments/lesson.toml": _settings(assignment, written, name, number),
        "assignments/README.md": _page(assignment, checks, name, number),
        "assignments/words/en.toml": _words(assignment, written, "en"),
        "assignments/words/ko.toml": _words(assignment, written, "ko"),
    }
    bodies = {check.piece.id: check.translated.body for check in written if check.translated}
    for place, check in enumerate(written, start=1):
        folder = "hidden" if check.piece.hidden else "checks"
        slug = check.piece.id.removeprefix("test_")
        public = "\n".join(bodies.get(one, "") for one in check.piece.needs) if check.piece.shown else ""
        path = f"assignments/{folder}/test_{place:02d}_{slug}.py"
        files[path] = file_of(check, assignment, public)
    return {path: text.encode("utf-8") for path, text in files.items()}


def names_of(assignment: Assignment) -> list[str]:
    """Names that solutions define and tests use, in the order of the notebook."""
    tested: set[str] = set()
    for piece in assignment.pieces:
        tree = tree_of(piece.code or "")
        tested |= loaded(tree) if tree is not None else set()
    defined: list[str] = []
    for source in assignment.setting.solution:
        tree = tree_of(source)
        for statement in tree.body if tree is not None else []:
            defined += [one for one in bound(statement) if one in tested]
    return list(dict.fromkeys(defined))


def _notebook(assignment: Assignment, name: str) -> str:
    metadata = {
        "grader": {"lesson": name},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    cells = [_cell(cell, place) for place, cell in enumerate(assignment.cells)]
    whole = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _cell(cell: Cell, place: int) -> dict[str, Any]:
    metadata: dict[str, Any] = {}
    if cell.locked or cell.kept:
        metadata["deletable"] = False
    if cell.locked:
        metadata["editable"] = False
    known: dict[str, Any] = {"cell_type": cell.kind, "id": _id(cell, place), "metadata": metadata}
    if cell.kind == "code":
        known |= {"execution_count": None, "outputs": []}
    return known | {"source": cell.source.splitlines(keepends=True)}


def _id(cell: Cell, place: int) -> str:
    """The same id for the same cell at the same place, so that importing again changes nothing."""
    return hashlib.sha256(f"{place}\0{cell.kind}".encode()).hexdigest()[:8]


def _settings(assignment: Assignment, written: Sequence[Check], name: str, number: int) -> str:
    total = sum(check.piece.points for check in written)
    lines = [
        f"lesson = {_quoted(name)}",
        f"number = {number}",
        f"names = [{', '.join(map(_quoted, names_of(assignment)))}]",
        *([f"points = {total:g}"] if total == float(f"{total:g}") and total else []),
        "seed = 0",
    ]
    return "\n".join(lines) + "\n"


def _words(assignment: Assignment, written: Sequence[Check], lang: str) -> str:
    titles = said()["titles"][lang]
    lines = [f"title = {_quoted(assignment.title)}"]
    for check in written:
        kind = "by_hand" if check.translated is None else "hidden" if check.piece.hidden else "public"
        general = str(titles[kind]).replace("{name}", check.piece.name.replace("`", "'"))
        title = check.piece.title or general
        lines += ["", f"[checks.{_quoted(check.piece.id)}]", f"title = {_quoted(title)}"]
        if check.piece.message:
            lines.append(f"why = {_quoted(check.piece.message)}")
    return "\n".join(lines) + "\n"


def _page(assignment: Assignment, checks: Sequence[Check], name: str, number: int) -> str:
    total = sum(check.piece.points for check in checks if check.written)
    return "\n".join(
        [
            f"# Lesson {number}, `{name}`: {assignment.title}",
            "",
            f"Imported from {assignment.source.name}, an assignment of {assignment.tool}. "
            f"{points(total)} points.",
            "",
            "## What each check is",
            "| check | points | | of | kind |",
            "|---|---|---|---|---|",
            *(_row(check) for check in checks if check.written),
            "",
            *_left_out(assignment, checks),
            "A weak check runs the source's own test where the student's code runs, and believes what it "
            "says. Where a probe would say the same, it stands as a comment in the check's file.",
            "",
        ]
    )


def _row(check: Check) -> str:
    kind = _STRENGTH.get(check.kind, "marked by a person")
    if check.kind in ("weak", "refused"):
        kind += f", because {reason_of(check)}"
    cells = (
        f"`{check.piece.id}`",
        points(check.piece.points),
        "hidden" if check.piece.hidden else "public",
        f"`{check.piece.name}`, {check.piece.cell}",
        kind,
    )
    return f"| {' | '.join(' '.join(cell.split()).replace('|', '/') for cell in cells)} |"


def _left_out(assignment: Assignment, checks: Sequence[Check]) -> Iterator[str]:
    gone = [
        f"{check.said}: worth nothing to a person, so it became no check."
        for check in checks
        if not check.written
    ]
    if gone or assignment.notes:
        yield "## What did not come along"
        yield from (f"- {' '.join(line.split())}" for line in (*gone, *assignment.notes))
        yield ""


def _quoted(text: str) -> str:
    """A text as TOML and JSON write it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def data_of(assignment: Assignment) -> dict[str, Path]:
    """Where each file of data/ lies."""
    return dict(assignment.data)
