"""Tables of a page where only some lessons were scored anew: what stands there of the others stays."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.mutation.scores import percent

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
    return cells(
        mutants=_sum(mutants),
        lost=_sum(lost),
        named=_sum(named),
        killed=_sum(named, 1),
        equivalent=_sum(equivalent),
        right=_sum(right),
        alarms=_sum(alarms),
        tried=_sum(alarms, 1),
    )


def cells(
    *, mutants: int, lost: int, named: int, killed: int, equivalent: int, right: int, alarms: int, tried: int
) -> list[str]:
    """A row of the first table.

    lost: mutants that lose points, of which `killed` by a finding, which is true of `named`
    alarms: how many of `tried` pieces of right code lose points
    """
    return [
        str(mutants),
        f"{lost} ({percent(lost, mutants):.1f} %)",
        f"{named} of {killed} ({percent(named, killed):.1f} %)",
        str(equivalent),
        str(right),
        f"{alarms} of {tried}",
    ]


def _sum(column: Sequence[Sequence[int]], place: int = 0) -> int:
    return sum(numbers[place] for numbers in column)
