"""Where the lines of a notebook's code cells stand in its file, for annotations beside the source.

The file is anybody's: it is read as a row of tokens in one pass, and what is no notebook has no places.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:"]', re.DOTALL)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_DEEPEST = 200
_MOST_LINES = 200_000


@dataclass
class _Open:
    """A container that the pass is in; `key` is the present member of an object, `index` of an array."""

    object: bool
    key: str = ""
    index: int = 0
    named: bool = False
    """Whether the present member of an object has its key."""


@dataclass
class _Cell:
    kind: str = ""
    lines: list[int] = field(default_factory=list)
    """For each line of the source, the line of the file."""
    open: bool = False
    """Whether the last line has not ended yet."""


def code_lines(text: str) -> list[Sequence[int]]:
    """For each code cell, in order, the line of the file (from 1) of each line of its source.

    text: an .ipynb of nbformat 4 as it is stored, in any layout
    """
    cells: dict[int, _Cell] = {}
    stack: list[_Open] = []
    line, counted, kept = 1, 0, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", counted, token.start())
        counted = token.start()
        mark = token[0]
        top = stack[-1] if stack else None
        if mark in ("{", "["):
            if len(stack) > _DEEPEST:
                break
            stack.append(_Open(mark == "{"))
        elif mark in ("}", "]"):
            if stack:
                stack.pop()
        elif mark == ",":
            if top is not None:
                top.index, top.named = top.index + 1, False
        elif mark == '"':
            break  # a string that does not end
        elif mark != ":" and top is not None:
            if top.object and not top.named:
                top.key, top.named = mark[1:-1], True
            else:
                kept += _keep(cells, stack, mark, line)
                if kept > _MOST_LINES:
                    break
    return [cells[at].lines for at in sorted(cells) if cells[at].kind == "code"]


def _keep(cells: dict[int, _Cell], stack: list[_Open], mark: str, line: int) -> int:
    """Notes a string that says a cell's kind or holds some of its source; how many lines that gave."""
    if len(stack) not in (3, 4) or stack[0].key != "cells" or stack[1].object or not stack[2].object:
        return 0
    cell = cells.setdefault(stack[1].index, _Cell())
    key = stack[2].key
    if key == "cell_type" and len(stack) == 3:
        cell.kind = mark[1:-1]
    if key != "source" or (len(stack) == 4 and stack[3].object):
        return 0
    try:
        source = json.loads(mark, strict=False)
    except ValueError:
        return 0
    before = len(cell.lines)
    for piece in _LINE.findall(str(source)):
        if not cell.open:
            cell.lines.append(line)
        cell.open = not piece.endswith("\n")
    return len(cell.lines) - before
