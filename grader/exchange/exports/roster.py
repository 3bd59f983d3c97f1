"""Who is on the file that a platform gave out: one person a row, with every id that the row says."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.errors import UsageError
from grader.exchange.exports import worksheet
from grader.exchange.exports.sheet import Sheet, read

_IDS = (
    "identifier", "id", "student_id", "student id", "sid", "id number", "sis user id", "sis login id",
    "login", "username", "user name", "email address", "email", "e-mail", "mail", "학번", "아이디",
    "사용자 아이디", "이메일", "이메일 주소", "전자우편", "전자우편 주소", "식별자",
)  # fmt: skip
_NAMES = ("student", "student name", "full name", "name", "학생", "이름", "성명", "전체 이름", "성 / 이름")
_FIRST = ("first name", "first_name", "firstname")
_LAST = ("last name", "last_name", "surname", "lastname")
_IDENTIFIERS = ("identifier", "식별자")
_MUTED = re.compile(r"\s*(muted|manual posting.*)?\s*", re.IGNORECASE | re.DOTALL)
_TEST_STUDENT = ("Student, Test", "Test Student")

Kind = Literal["canvas", "moodle", "plain"]


@dataclass(frozen=True)
class Person:
    """A row of the roster. `first` and `last` are the parts of the name, where the roster has them apart."""

    row: int
    name: str
    ids: tuple[str, ...]
    first: str = ""
    last: str = ""
    email: str = ""

    @property
    def label(self) -> str:
        """The name, with the first id where that says more."""
        first = self.ids[0] if self.ids else ""
        return f"{self.name} ({first})" if self.name and first not in ("", self.name) else self.name or first


@dataclass(frozen=True)
class Roster:
    """The sheet and the people in it, in its order."""

    kind: Kind
    sheet: Sheet
    people: Sequence[Person]
    header: Sequence[str]

    def column(self, called: Collection[str]) -> int | None:
        """The first column whose header is one of `called`, which are in lower case."""
        return next((at for at, name in enumerate(self.header) if name.casefold() in called), None)


def roster_in(content: bytes) -> Roster:
    """The roster in a file: Canvas's gradebook, Moodle's worksheet, or any CSV with a column of ids.

    Raises `UsageError` where it is none of these.
    """
    sheet = read(content)
    header = sheet.texts(0)
    rows = [row for row in range(1, len(sheet.rows)) if any(sheet.texts(row))]
    if _is_canvas(header):
        rows = [row for row in rows if not _about_assignments(sheet, row)]
        return Roster("canvas", sheet, _people(sheet, header, rows), header)
    if header[0].casefold() in _IDENTIFIERS or worksheet.looks_numbered(sheet, rows):
        return Roster("moodle", sheet, _numbered(sheet, header, rows), header)
    people = _people(sheet, header, rows)
    if not any(person.ids for person in people):
        raise UsageError(
            f"The roster has no column of ids that is known; its columns are: {', '.join(header[:12])}. Give "
            "the file as Canvas or Moodle gave it out, or a CSV file with the columns student_id and student."
        )
    return Roster("plain", sheet, people, header)


def is_trial(person: Person) -> bool:
    """Whether this is the student that Canvas adds to a course for trying things out."""
    return person.name in _TEST_STUDENT


def points_possible(sheet: Sheet) -> int | None:
    """The row of a Canvas gradebook that says what each assignment is worth."""
    return next((row for row in range(1, len(sheet.rows)) if "Points Possible" in sheet.text(row, 0)), None)


def _is_canvas(header: Sequence[str]) -> bool:
    if len(header) > 3 and header[0] == "LastName" and header[1] == "FirstName" and "ID" in header[2]:
        return True
    return len(header) > 2 and "Student" in header[0] and header[1] == "ID" and "Section" in header


def _about_assignments(sheet: Sheet, row: int) -> bool:
    return "Points Possible" in sheet.text(row, 0) or all(_MUTED.fullmatch(t) for t in sheet.texts(row))


def _people(sheet: Sheet, header: Sequence[str], rows: Sequence[int]) -> list[Person]:
    folded = [name.casefold() for name in header]
    ids = [folded.index(name) for name in _IDS if name in folded]
    name, first, last = (
        next((at for at, head in enumerate(folded) if head in called), None)
        for called in (_NAMES, _FIRST, _LAST)
    )
    mail = next((at for at in ids if "mail" in folded[at] or "메일" in folded[at]), None)

    def said(row: int, column: int | None) -> str:
        return "" if column is None else sheet.text(row, column)

    return [
        Person(
            row=row,
            name=said(row, name) or " ".join(t for t in (said(row, first), said(row, last)) if t),
            ids=tuple(dict.fromkeys(t for at in ids if (t := sheet.text(row, at)))),
            first=said(row, first),
            last=said(row, last),
            email=said(row, mail),
        )
        for row in rows
    ]


def _numbered(sheet: Sheet, header: Sequence[str], rows: Sequence[int]) -> list[Person]:
    """Moodle's: the number of the identifier is the one in the names of its folders."""
    people = []
    for person in _people(sheet, header, rows):
        number = worksheet.number_of(sheet.text(person.row, 0))
        others = tuple(one for one in person.ids if one != sheet.text(person.row, 0))
        ids = (number, *others) if number else others
        people.append(Person(person.row, person.name, ids, person.first, person.last, person.email))
    return people
