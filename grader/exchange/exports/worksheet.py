"""Where the columns of Moodle's grading worksheet are: its headers are in the language of the site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.exchange.exports.sheet import Sheet

_GRADE = ("grade", "성적", "점수")
_MOST = ("maximum grade", "최고 성적", "최대 성적", "최고 점수", "최대 점수", "최대성적", "최고성적", "만점")
_CHANGEABLE = (
    "grade can be changed", "성적 변경 가능", "성적을 변경할 수 있음", "성적 수정 가능",
)  # fmt: skip
_NO = ("no", "아니오", "아니요")
_NUMBERED = re.compile(r"(?P<word>\D+)(?P<number>[0-9]+)")


@dataclass(frozen=True)
class Columns:
    """`changeable` is None where no header says so. `known`: by their names, not by their place alone."""

    grade: int
    most: int
    changeable: int | None
    known: bool


def number_of(identifier: str) -> str:
    """The number in `Participant 123`, in any language; empty where there is none."""
    found = _NUMBERED.fullmatch(identifier)
    return found["number"] if found else identifier if identifier.isdecimal() else ""


def looks_numbered(sheet: Sheet, rows: Sequence[int]) -> bool:
    """Whether this is a worksheet under any headers: a word and a number first, and a grade's columns."""
    found = [_NUMBERED.fullmatch(sheet.text(row, 0)) for row in rows]
    words = {one["word"] for one in found if one}
    return bool(rows) and all(found) and len(words) == 1 and columns(sheet, rows) is not None


def columns(sheet: Sheet, rows: Sequence[int]) -> Columns | None:
    """The grade and its maximum: by known names, else the only blank or numeric column before a constant.

    None where that fits no column, or more than one.
    """
    header = [name.casefold() for name in sheet.texts(0)]
    changeable = next((at for at, name in enumerate(header) if name in _CHANGEABLE), None)
    grade = [at for at, name in enumerate(header) if name in _GRADE]
    most = [at for at, name in enumerate(header) if name in _MOST]
    if len(grade) == len(most) == 1:
        return Columns(grade[0], most[0], changeable, known=True)
    placed = [at for at in range(1, len(header) - 1) if _fits(sheet, rows, at)]
    return Columns(placed[0], placed[0] + 1, changeable, known=False) if len(placed) == 1 else None


def locked(sheet: Sheet, row: int, found: Columns) -> bool:
    """Whether the worksheet says that the grade cannot be changed: Moodle would pass it over in silence."""
    return found.changeable is not None and sheet.text(row, found.changeable).casefold() in _NO


def _fits(sheet: Sheet, rows: Sequence[int], at: int) -> bool:
    most = {sheet.text(row, at + 1) for row in rows}
    # Moodle writes a maximum with its decimals; a plain whole number may be anything.
    if len(most) != 1 or not re.fullmatch(r"[0-9]+[.,][0-9]{2,5}", next(iter(most))):
        return False
    texts = [sheet.text(row, at) for row in rows]
    return all(not text or _numeric(text) for text in texts)


def _numeric(text: str) -> bool:
    return re.fullmatch(r"-|[0-9]+([.,][0-9]+)?", text) is not None
