"""Readers as Canvas and Moodle have them, written anew from what their importers are documented to do.

They share no code with the exports: what comes out must make sense to somebody who does not know us.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field

_NOT_ASSIGNMENTS = re.compile(r"(Current|Final|Override) (Score|Points|Grade|Status)")


@dataclass
class CanvasUpload:
    """What Canvas would show before it takes a gradebook over."""

    new_assignments: dict[str, float | None] = field(default_factory=dict)
    """New titles with their points possible."""
    new_students: list[str] = field(default_factory=list)
    changed: dict[tuple[str, str], str] = field(default_factory=dict)
    """Grades by (user id, assignment id or new title)."""
    deleted: list[tuple[str, str]] = field(default_factory=list)
    """Grades that a blank cell would take away."""


def canvas(content: bytes, users: set[str], existing: dict[tuple[str, str], str]) -> CanvasUpload:
    """Uploads a gradebook to a course of `users` (by id) that has the grades `existing`."""
    text = content.decode("utf-8-sig")
    first = text.splitlines()[:3]
    semicolons = {len(next(csv.reader([line], delimiter=";"))) for line in first}
    commas = {len(next(csv.reader([line]))) for line in first}
    delimiter = ";" if len(semicolons) == 1 and max(semicolons) > max(commas) else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    header, rows = rows[0], rows[1:]
    assert "Student" in header[0]
    assert "ID" in header[1]
    last = 2
    if "SIS Login ID" in header[2]:
        last = 3
    elif "SIS User ID" in header[2] and "SIS Login ID" in header[3]:
        last = 4
    assert "Section" in header[last], "Invalid header row"
    upload = CanvasUpload()
    columns = {}
    for at, name in enumerate(header):
        if at > last and not _NOT_ASSIGNMENTS.search(name):
            numbered = re.search(r"\((\d+)\)$", name)
            columns[at] = numbered[1] if numbered else name
            if not numbered:
                upload.new_assignments[name] = None
    for row in filter(None, rows):
        if "Points Possible" in row[0]:
            for at, key in columns.items():
                if key in upload.new_assignments and row[at]:
                    upload.new_assignments[key] = float(row[at])
            continue
        if all(re.fullmatch(r"\s*(Muted|Manual Posting.*)?\s*", cell, re.IGNORECASE) for cell in row):
            continue
        if row[1] not in users:
            upload.new_students.append(row[0])
        for at, key in columns.items():
            before, after = existing.get((row[1], key), ""), row[at].strip()
            if before and not after:
                upload.deleted.append((row[1], key))
            elif after and after != before:
                upload.changed[row[1], key] = after
    return upload


def moodle(
    content: bytes,
    most: float,
    word: str = "Participant",
    *,
    names: tuple[str, str] = ("Identifier", "Grade"),
) -> dict[str, float]:
    """Uploads a worksheet: the grades by participant that Moodle would set, each row that it skips left out.

    `names` are what the site calls the identifier's and the grade's column.
    """
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    at, grade_at = rows[0].index(names[0]), rows[0].index(names[1])
    grades = {}
    for row in rows[1:]:
        number, grade = row[at][len(word) :].strip(), row[grade_at].replace(" ", "")
        if grade and 0 <= float(grade) <= most:
            assert number not in grades
            grades[number] = float(grade)
    return grades


def moodle_feedback(content: bytes, participants: set[str]) -> dict[str, list[str]]:
    """Uploads a zip of feedback: the files that each participant would get."""
    got: dict[str, list[str]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            parts = name.split("/")
            while parts:
                info = parts.pop(0).split("_", 4)
                if len(info) < 4 or not info[1].isdecimal() or info[1] not in participants:
                    continue
                assert info[2:4] == ["assignsubmission", "file"]
                rest = [info[4] if len(info) == 5 else "", *parts]
                got.setdefault(info[1], []).append("/".join(rest))
                break
    return got
