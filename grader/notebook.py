"""A notebook, read from the bytes that were handed in. Nothing in it is executed here.

Bytes are hostile: whatever they are, `read` returns a notebook or raises `SubmissionError`. It keeps no
state and touches no file, so that it can run in a limited process. Only cells and the lesson's name are
taken over; outputs and all other metadata (people's names and photo addresses stand there) are dropped.
"""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from grader.errors import SubmissionError
from grader.record import Fact
from grader.untrusted_json import parse, refuse

MAX_BYTES = 20_000_000
MAX_CELLS = 5_000

_REPAIRED = "note.repaired"
_OTHER_FRAMEWORK = "note.other_framework"
_MOST_REPAIRS_SAID = 8
_LONGEST_NAME = 100

_KINDS: dict[str, Literal["code", "markdown", "raw"]] = {
    "code": "code",
    "markdown": "markdown",
    "html": "markdown",
    "heading": "markdown",
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+(\w+)|import[ \t]+([^\n#;]+))", re.MULTILINE)


class Noted(msgspec.Struct, frozen=True):
    """Something that the instructor should know: a `note.*` code and the facts that fill its words.

    `facts["what"]` is a list of tokens (file names, "UTF-16", "cell 3"), the same in every language.
    """

    code: str
    facts: dict[str, Fact]


class Cell(msgspec.Struct, frozen=True):
    """One cell. `source` has LF line ends; tabs and non-breaking blanks stand as the student wrote them."""

    kind: Literal["code", "markdown", "raw"]
    source: str


class Notebook(msgspec.Struct, frozen=True):
    """What the grader uses of a notebook. `lesson` is its metadata's `grader.lesson`, unchecked."""

    cells: list[Cell]
    lesson: str | None
    language: str
    notes: list[Noted]

    @property
    def code(self) -> list[str]:
        """The sources of the cells that run, in their order."""
        return [cell.source for cell in self.cells if cell.kind == "code" and cell.source.strip()]


def read(content: bytes, *, max_bytes: int = MAX_BYTES, max_cells: int = MAX_CELLS) -> Notebook:
    """The notebook in `content`: nbformat 3 and 4, UTF-8, with a byte order mark, or UTF-16.

    Raises `SubmissionError`, code `notebook.unreadable`, with the fact `reason`: "empty", "too_large",
    "encoding", "not_json", "too_deep", "no_cells" or "wrong_language"; `line` and `column` (from 1) say
    where, as far as that is known.
    """
    if len(content) > max_bytes:
        refuse(
            f"The file has {len(content):,} bytes; at most {max_bytes:,} are read. Clear the outputs of the "
            "notebook, save it and hand it in again.",
            reason="too_large",
            bytes=len(content),
            limit=max_bytes,
        )
    repairs: list[str] = []
    tree = parse(content, repairs)
    if not isinstance(tree, dict):
        refuse("The file is JSON, but no notebook: it has no cells. Hand in the .ipynb file.", "no_cells")
    metadata = _table(tree.get("metadata"))
    cells = _cells(tree, repairs, max_cells)
    language = _language(tree, metadata)
    notes = []
    if repairs:
        notes.append(Noted(_REPAIRED, {"what": _listed(repairs)}))
    if frameworks := _other_frameworks(cells):
        notes.append(Noted(_OTHER_FRAMEWORK, {"what": ", ".join(frameworks)}))
    return Notebook(cells, _lesson(metadata), language, notes)


def lesson_of(content: bytes) -> str | None:
    """The lesson that a notebook's metadata name; None where they name none or it cannot be read."""
    try:
        return read(content).lesson
    except SubmissionError:
        return None


def _cells(tree: dict[str, Any], repairs: list[str], most: int) -> list[Cell]:
    raw = tree.get("cells")
    if not isinstance(raw, list):
        worksheets = tree.get("worksheets")
        if not isinstance(worksheets, list):
            refuse("The file is JSON, but no notebook: it has no cells. Hand in the .ipynb file.", "no_cells")
        repairs.append("nbformat 3")
        sheets = [sheet for sheet in worksheets if isinstance(sheet, dict)]
        raw = [cell for sheet in sheets for cell in _list(sheet.get("cells"))]
    if len(raw) > most:
        refuse(
            f"The notebook has {len(raw):,} cells; at most {most:,} are read. Remove those you do not need.",
            reason="too_large",
            cells=len(raw),
            limit=most,
        )
    return [_cell(item, number, repairs) for number, item in enumerate(raw, 1)]


def _cell(item: Any, number: int, repairs: list[str]) -> Cell:
    cell = _table(item)
    kind = cell.get("cell_type")
    # nbformat 3 calls the source of a code cell its input.
    source = cell.get("source", cell.get("input", ""))
    lines = source if isinstance(source, list) else [source]
    text = "".join(line for line in lines if isinstance(line, str))
    whole = _SURROGATE.sub("\ufffd", text)
    # Python takes CR and CRLF for line ends, IPython's cell magics only LF.
    whole = whole.replace("\r\n", "\n").replace("\r", "\n")
    if not cell or not all(isinstance(line, str) for line in lines) or _SURROGATE.search(text):
        repairs.append(f"cell {number}")
    return Cell(_KINDS.get(kind, "raw") if isinstance(kind, str) else "raw", whole)


def _language(tree: dict[str, Any], metadata: dict[str, Any]) -> str:
    """Kernels have private names, so only what is called a language counts; one "python" is enough."""
    said = [
        _table(metadata.get("language_info")).get("name"),
        _table(metadata.get("kernelspec")).get("language"),
    ]
    for sheet in _list(tree.get("worksheets")):
        said += [_table(cell).get("language") for cell in _list(_table(sheet).get("cells"))]
    names = [name.strip() for name in said if isinstance(name, str) and name.strip()]
    if names and not any(name.lower().startswith(("python", "ipython")) for name in names):
        language = _SURROGATE.sub("\ufffd", names[0][:_LONGEST_NAME])
        refuse(
            f"The notebook is written for {language}, not for Python. Write it with a Python kernel.",
            "wrong_language",
            language=language,
        )
    return "python"


def _lesson(metadata: dict[str, Any]) -> str | None:
    name = _table(metadata.get("grader")).get("lesson")
    usable = isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME and not _SURROGATE.search(name)
    return name if usable else None


def _other_frameworks(cells: list[Cell]) -> list[str]:
    roots: set[str] = set()
    for cell in cells:
        if cell.kind == "code":
            for module, modules in _IMPORT.findall(cell.source):
                named = [module] if module else modules.split(",")
                roots.update(name.strip().partition(" ")[0].partition(".")[0] for name in named)
    return [] if "torch" in roots else sorted(roots & {"tensorflow", "keras"})


def _listed(tokens: list[str]) -> str:
    said = ", ".join(tokens[:_MOST_REPAIRS_SAID])
    return said if len(tokens) <= _MOST_REPAIRS_SAID else f"{said}, …"


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
