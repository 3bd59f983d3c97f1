"""Otter's source notebooks: blocks between raw cells such as `# BEGIN QUESTION`, and settings in YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import yaml

from grader.errors import LessonError
from grader.importing.notebooks import SourceCell

Block = Literal["question", "prompt", "solution", "tests"]
_BOUNDARY = re.compile(r"#\s+(begin|end)\s+(question|prompt|solution|tests)\b", re.IGNORECASE)
_CONFIG = re.compile(r"#\s+assignment\s+config\b", re.IGNORECASE)
_IGNORED = re.compile(r"#{1,2}\s*ignore\s*(?:##)?\s*(?:\n|$)", re.IGNORECASE)
_FENCE = re.compile(r"^```otter[ \t]*\n(.*?)^```[ \t]*(?:\n|\Z)", re.MULTILINE | re.DOTALL)
_OLD = re.compile(r"(?:^|\n)\s*#?\s*BEGIN (?:ASSIGNMENT|QUESTION)\b")


@dataclass(frozen=True)
class Placed:
    """A cell with the blocks around it."""

    cell: SourceCell
    question: int | None
    """Which of the questions it belongs to, counted from 0."""
    block: Block | None
    """The innermost block; None outside of every question."""


@dataclass(frozen=True)
class Master:
    """A source notebook taken apart."""

    config: dict[str, Any]
    questions: tuple[tuple[dict[str, Any], SourceCell], ...]
    """The settings of each question, and the cell that says them."""
    placed: tuple[Placed, ...]


def taken_apart(cells: Sequence[SourceCell]) -> Master:
    """The cells in their blocks. Raises `LessonError` naming the cell where blocks do not fit together."""
    config: dict[str, Any] = {}
    questions: list[tuple[dict[str, Any], SourceCell]] = []
    placed: list[Placed] = []
    open_: list[Block] = []
    for cell in _unfenced(cells):
        first = cell.source.lstrip("\n")
        if _IGNORED.match(first):
            continue
        if cell.kind == "raw" and _CONFIG.match(first):
            config |= _configured(cell)
            continue
        boundary = _BOUNDARY.match(first) if cell.kind == "raw" else None
        if boundary is None:
            here = open_[-1] if open_ else None
            if here == "tests" and cell.kind != "code":
                raise LessonError(
                    f"{cell.place} is no code, and stands among tests. Move it out of the block."
                )
            placed.append(Placed(cell, len(questions) - 1 if open_ else None, here))
            continue
        begins, block = boundary[1].lower() == "begin", _block(boundary[2])
        if not begins:
            if not open_ or open_.pop() != block:
                raise LessonError(
                    f"{cell.place} ends a {block} block that is not the one open. Each "
                    f"# BEGIN {block.upper()} needs its own # END {block.upper()}, the inner one first."
                )
            continue
        if (block == "question") == bool(open_) or len(open_) > 1:
            inside = f"inside a {open_[-1]} block" if open_ else "outside of every question"
            raise LessonError(
                f"{cell.place} begins a {block} block {inside}. Move it, or end the one before."
            )
        if block == "question":
            questions.append((_named(cell), cell))
        open_.append(block)
    if open_:
        raise LessonError(
            f"{cells[0].path}: a {open_[-1]} block is never closed. Add a raw cell # END {open_[-1].upper()}."
        )
    if not questions:
        old = any(_OLD.search(cell.source) for cell in cells if cell.kind == "markdown")
        raise LessonError(
            f"{cells[0].path} has no raw cell # BEGIN QUESTION, so it is no source of otter assign."
            + (" It is in otter's first format: convert it with otter 3 to 6, then import it." if old else "")
        )
    return Master(config, tuple(questions), tuple(placed))


def is_master(cells: Sequence[SourceCell]) -> bool:
    """Whether the cells hold blocks of otter assign."""
    return any(cell.kind == "raw" and _BOUNDARY.match(cell.source.lstrip("\n")) for cell in _unfenced(cells))


def settings_in(text: str, place: str) -> dict[str, Any]:
    """A table in YAML, as plain data. Raises `LessonError`."""
    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        line = " ".join(str(error).split())[:200]
        raise LessonError(f"{place} has settings that are no YAML: {line}. Mend them.") from error
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise LessonError(f"{place} has settings that are no table. Write each as name: value.")
    return {str(key): value for key, value in said.items()}


def _settings(cell: SourceCell) -> dict[str, Any]:
    return settings_in(cell.source, cell.place)


def _configured(cell: SourceCell) -> dict[str, Any]:
    """The settings of the assignment: those of the file that the cell names, under the cell's own."""
    said = _settings(cell)
    name = said.get("config_file")
    if not isinstance(name, str):
        return said
    path = cell.path.parent / name
    try:
        return {**settings_in(path.read_text("utf-8"), str(path)), **said}
    except (OSError, UnicodeDecodeError) as error:
        raise LessonError(
            f"{cell.place} takes settings from {path}, which cannot be read. Put the file there, or take "
            "that line out."
        ) from error


def _named(cell: SourceCell) -> dict[str, Any]:
    said = _settings(cell)
    name = said.get("name")
    if isinstance(name, bool) or not isinstance(name, str | int | float) or not str(name).strip():
        raise LessonError(f"{cell.place} begins a question without a name. Add a line such as name: q1.")
    return {**said, "name": str(name)}


def _block(said: str) -> Block:
    names: dict[str, Block] = {
        "question": "question", "prompt": "prompt", "solution": "solution", "tests": "tests"
    }  # fmt: skip
    return names[said.lower()]


def _unfenced(cells: Sequence[SourceCell]) -> Iterator[SourceCell]:
    """Text cells with settings in fences made raw cells, and what stands around these cells of their own."""
    for cell in cells:
        if cell.kind != "markdown" or "```otter" not in cell.source:
            yield cell
            continue
        if len(_FENCE.findall(cell.source)) != cell.source.count("```otter"):
            raise LessonError(f"{cell.place} opens ```otter and does not close it. Add a line ```.")
        for index, part in enumerate(_FENCE.split(cell.source)):
            text = part.strip("\n")
            if text.strip():
                yield replace(cell, kind="raw" if index % 2 else "markdown", source=text)
