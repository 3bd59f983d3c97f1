"""Source notebooks: read, checked and brought to one form. Nothing in them is executed.

They are the teacher's own, and come from anywhere: whatever is in the file, `read` returns cells or raises a
`LessonError` that says which file, which cell and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import LessonError, SubmissionError, UsageError
from grader.importing.assignment import Kind
from grader.untrusted_json import parse

MAX_BYTES = 50_000_000
_HEADING = re.compile(r"^#\s+(.+?)\s*#*$", re.MULTILINE)
_ANY_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_MARKUP = re.compile(r"[*_`]|<[^>]*>|!?\[([^\]]*)\]\([^)]*\)")
_LONGEST_TITLE = 80


@dataclass(frozen=True)
class SourceCell:
    """A cell as it stands in its file. `number` counts from 1; `source` has LF line ends."""

    path: Path
    number: int
    kind: Kind
    source: str
    metadata: dict[str, Any]
    outputs: tuple[dict[str, Any], ...]
    attached: bool = False

    @property
    def place(self) -> str:
        return f"{self.path}: cell {self.number}"


@dataclass(frozen=True)
class SourceNotebook:
    """What a reader of a format starts from."""

    path: Path
    cells: tuple[SourceCell, ...]
    metadata: dict[str, Any]


def read(path: Path) -> SourceNotebook:
    """The notebook at `path`, nbformat 4 or 3. Raises `LessonError` where it is none, or not of Python."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LessonError(
                f"{path} has more than {MAX_BYTES:,} bytes. Clear its outputs, save it and import it again."
            )
        tree = parse(path.read_bytes(), [])
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except SubmissionError as error:
        raise LessonError(f"{path} is no notebook: {error}") from error
    if not isinstance(tree, dict):
        raise LessonError(f"{path} is JSON, but no notebook: it has no cells.")
    metadata = tree.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    _refuse_language(path, metadata)
    return SourceNotebook(path, tuple(_cells(path, tree)), metadata)


def title_of(cells: Sequence[SourceCell], otherwise: str) -> str:
    """The first heading of the highest level on one line, without markup; else `otherwise`."""
    for cell in cells:
        if cell.kind == "markdown" and (title := heading_of(cell.source, _HEADING)):
            return title
    return otherwise.replace("_", " ")[:_LONGEST_TITLE]


def heading_of(source: str, pattern: re.Pattern[str] = _ANY_HEADING) -> str:
    """The first heading in a text cell on one line, without markup; "" where there is none."""
    found = pattern.search(source)
    said = _MARKUP.sub(lambda match: match[1] or "", found[1]) if found else ""
    return " ".join("".join(one for one in said if one.isprintable()).split())[:_LONGEST_TITLE].rstrip()


def _cells(path: Path, tree: dict[str, Any]) -> list[SourceCell]:
    raw = tree.get("cells")
    if raw is None and isinstance(tree.get("worksheets"), list):
        sheets = [sheet for sheet in tree["worksheets"] if isinstance(sheet, dict)]
        raw = [cell for sheet in sheets for cell in sheet.get("cells") or []]
    if not isinstance(raw, list) or not raw:
        raise LessonError(f"{path} holds no cells. Is it the notebook that you mean?")
    return [_cell(path, number, one) for number, one in enumerate(raw, start=1)]


def _cell(path: Path, number: int, raw: Any) -> SourceCell:
    source = raw.get("source", raw.get("input", "")) if isinstance(raw, dict) else None
    lines = [source] if isinstance(source, str) else source
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise LessonError(
            f"{path}: cell {number} has no text. Open the notebook in Jupyter and save it again."
        )
    text = "".join(lines).replace("\r\n", "\n").replace("\r", "\n")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise LessonError(f"{path}: cell {number} holds half a character. Type that line again.") from None
    kind: Kind = "raw"
    if raw.get("cell_type") in ("code", "markdown"):
        kind = raw["cell_type"]
    elif raw.get("cell_type") == "heading":  # of nbformat 3
        level = raw.get("level")
        kind, text = "markdown", f"{'#' * (int(level) if isinstance(level, int | float) else 1)} {text}"
    metadata, outputs = raw.get("metadata"), raw.get("outputs")
    return SourceCell(
        path,
        number,
        kind,
        text,
        metadata if isinstance(metadata, dict) else {},
        tuple(one for one in outputs if isinstance(one, dict)) if isinstance(outputs, list) else (),
        bool(raw.get("attachments")),
    )


def _refuse_language(path: Path, metadata: dict[str, Any]) -> None:
    said = []
    for table, key in (("kernelspec", "language"), ("language_info", "name")):
        inside = metadata.get(table)
        name = inside.get(key) if isinstance(inside, dict) else None
        if isinstance(name, str) and name.strip():
            said.append(name.strip().lower())
    if said and not any(name.startswith(("python", "ipython")) for name in said):
        raise LessonError(f"{path} is a notebook for {said[0]}. Only notebooks for Python can be imported.")
