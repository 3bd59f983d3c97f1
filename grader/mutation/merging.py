"""Tables of a page where only some lessons were scored anew: what stands there of the others stays."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SECTION = re.compile(r"^### `([^`]+)`$", re.MULTILINE)
_ROW = re.compile(r"^\| `([^`]+)` \|(.*)\|$", re.MULTILINE)
_NUMBER = re.compile(r"\d+")
_COLUMNS = 6


def kept(content: str, scored: Sequence[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Of the tables that a page holds, what is about lessons that are not among `scored`, by their names: the
    cells of their rows in the first table, and their sections. Nothing of a lesson that has not both."""
    first, *rest = _SECTION.split(content)
    names, bodies = rest[::2], rest[1::2]
    sections = {name: f"### `{name}`{body}".strip() for name, body in zip(names, bodies, strict=True)}
    rows = {name: [cell.strip() for cell in cells.split("|")] for name, cells in _ROW.findall(first)}
    held = [
        name
        for name, cells in rows.items()
        if name in sections and name not in scored and len(cells) == _COLUMNS
    ]
    return {name: rows[name] for name in held}, {name: sections[name] for name in held}


def order(content: str) -> list[str]:
    """The lessons of the page's first table, as they stand."""
    return [name for name, _ in _ROW.findall(_SECTION.split(content)[0])]


def summed(rows: Sequence[Sequence[str]]) -> list[str]:
    """The row of all lessons: the sums of the cells below each other, and rates of these."""
    columns = [
        [[int(number) for number in _NUMBER.findall(cell)] for cell in column]
        for column in zip(*rows, strict=True)
    ]
    mutants, lost, named, equivalent, right, alarms = columns
    count, losing = _sum(mutants), _sum(lost)
    truly, killed = _sum(named), _sum(named, 1)
    return [
        str(count),
        f"{losing} ({_percent(losing, count):.1f} %)",
        f"{truly} of {killed} ({_percent(truly, killed):.1f} %)",
        str(_sum(equivalent)),
        str(_sum(right)),
        f"{_sum(alarms)} of {_sum(alarms, 1)}",
    ]


def _sum(column: Sequence[Sequence[int]], place: int = 0) -> int:
    return sum(numbers[place] for numbers in column)


def _percent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 100.0
