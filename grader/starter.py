"""The starter of a lesson: its reference solution with the answers taken out. One source, never two.

In a code cell everything from `### BEGIN SOLUTION` to `### END SOLUTION` becomes a blank that raises:

    def rnn(x, h):
        ### BEGIN SOLUTION           def rnn(x, h):
        return x + h           ->        # YOUR CODE HERE
        ### END SOLUTION                 raise NotImplementedError()

In a text cell it becomes `YOUR ANSWER HERE`. A region can say its own blank, line by line after its beginning
(`### PROMPT total = ...`), or that there is none (`### BEGIN SOLUTION NO PROMPT`).

`python -m grader.starter FOLDER` writes the starter of the lesson in `FOLDER`, or every
`assignments/<lesson>/<lesson>.ipynb` below it, from `solutions/<lesson>/reference.ipynb`.
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from grader.blanks import BLANK, TEXT_BLANK
from grader.errors import LessonError
from grader.reading import UnreadableError, json_of

BEGIN = "### BEGIN SOLUTION"
BEGIN_BARE = f"{BEGIN} NO PROMPT"
END = "### END SOLUTION"
PROMPT = "### PROMPT"


def strip(notebook: dict[str, Any]) -> dict[str, Any]:
    """A copy of `notebook` (nbformat 4 as JSON gives it) with blanks for solutions, and without outputs.

    Raises `LessonError` where a region is opened twice, never closed, or closed without being open.
    """
    stripped = copy.deepcopy(notebook)
    for number, cell in enumerate(stripped["cells"], start=1):
        source = cell["source"]
        lines = (source if isinstance(source, str) else "".join(source)).splitlines(keepends=True)
        marks = {line.strip() for line in lines}
        # A text may speak of a mark; only one with a beginning and an end has a region.
        if cell["cell_type"] == "markdown" and marks & {BEGIN, BEGIN_BARE} and END in marks:
            cell["source"] = _blanked(lines, number, TEXT_BLANK)
        if cell["cell_type"] != "code":
            continue
        cell["source"] = _blanked(lines, number, BLANK)
        cell["outputs"] = []
        cell["execution_count"] = None
    return stripped


def starter_of(path: Path) -> bytes:
    """The bytes of the starter made from the notebook at `path`; the same bytes for the same notebook.

    Raises `LessonError` where the file is no notebook or its regions are not in order.
    """
    try:
        notebook = json_of(path.read_bytes())
        stripped = strip(notebook)
    except (UnreadableError, KeyError, TypeError) as error:
        raise LessonError(f"{path} is no notebook of nbformat 4 ({error}). Save it again.") from error
    except LessonError as error:
        raise LessonError(f"{path}: {error}") from error
    return (json.dumps(stripped, ensure_ascii=False, indent=1) + "\n").encode()


def write_all(root: Path) -> list[Path]:
    """Writes the starter of every lesson below `root` that has a reference; returns those that changed."""
    return [
        starter
        for reference in sorted(root.glob("solutions/*/reference.ipynb"))
        if (starter := _written(reference)) is not None
    ]


def write_one(folder: Path) -> list[Path]:
    """Writes the starter of the lesson in `folder`; returns it if it changed. Raises `LessonError`."""
    folder = folder.resolve()
    reference = folder.parent.parent / "solutions" / folder.name / "reference.ipynb"
    if not reference.is_file():
        raise LessonError(f"{reference} is missing: the starter of {folder} is made from it.")
    changed = _written(reference)
    return [] if changed is None else [changed]


def _written(reference: Path) -> Path | None:
    lesson = reference.parent.name
    starter = reference.parents[2] / "assignments" / lesson / f"{lesson}.ipynb"
    content = starter_of(reference)
    if starter.exists() and starter.read_bytes() == content:
        return None
    starter.parent.mkdir(parents=True, exist_ok=True)
    starter.write_bytes(content)
    return starter


def _blanked(lines: list[str], cell: int, blank: Sequence[str]) -> list[str]:
    kept: list[str] = []
    inside = False
    for number, line in enumerate(lines):
        mark = line.strip()
        if mark in (BEGIN, BEGIN_BARE):
            if inside:
                raise LessonError(f"Cell {cell} opens a solution inside another. Close the first.")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            own = [_prompt(one) for one in takewhile(_is_prompt, lines[number + 1 :])]
            said = own if own or mark == BEGIN_BARE else blank
            kept += [f"{indent}{one}\n" if one else "\n" for one in said]
        elif mark == END:
            if not inside:
                raise LessonError(f"Cell {cell} closes a solution that was never opened. Add {BEGIN!r}.")
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise LessonError(f"Cell {cell} opens a solution and never closes it. Add {END!r}.")
    if kept:
        kept[-1] = kept[-1].rstrip("\n")
    return kept


def _is_prompt(line: str) -> bool:
    return line.strip() == PROMPT or line.lstrip().startswith(f"{PROMPT} ")


def _prompt(line: str) -> str:
    return line.strip("\r\n").lstrip()[len(PROMPT) + 1 :].rstrip()


def main(arguments: Sequence[str]) -> int:
    """Writes the starters below each folder, or of the lesson in it; returns 0, or 2 where one cannot be."""
    status = 0
    for said in arguments or ["."]:
        path = Path(said)
        try:
            written = write_one(path) if (path / "lesson.toml").is_file() else write_all(path)
        except LessonError as error:
            print(f"grader: {error}", file=sys.stderr)
            status = 2
            continue
        for starter in written:
            print(f"wrote {starter}")
        if not written:
            print(f"{said}: nothing to write, every starter is that of its reference")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
