"""Whose the files of a download are: students, lessons and platforms from where the files lie.

<student>.ipynb                                   the file says whose it is
<student>/.../<anything>.ipynb                    the folder does
Full Name_123_assignsubmission_file/...           the folder does, with Moodle's id
kim_101_5001_lab.ipynb                            the file does, with Canvas's id
<lesson>/<any of these>                           a folder called like a lesson is the lesson's
<student>/<lesson>/<name>.ipynb                   nbgrader's, perhaps below submitted/
submission_123/...                                Gradescope's, whose submission_metadata.yml says who it is
<lesson>.ipynb and nothing else                   one student's folder
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from grader.exchange import names
from grader.exchange.entries import Entry
from grader.exchange.names import Owner

TIMESTAMP = "timestamp.txt"
"""Where nbgrader says when a notebook was handed in."""
METADATA = "submission_metadata.yml"
"""Where Gradescope says whose each folder is."""
_SUBMITTED = "submitted"


@dataclass(frozen=True)
class Origin:
    """What was given to grade. `name` is the folder's, or that of the folder or archive a file came from."""

    kind: Literal["file", "folder", "archive"]
    name: str
    above: str = ""
    """The name of the folder that a folder lies in."""


@dataclass(frozen=True)
class Place:
    """An entry and whose it is. `lesson` is the lesson's folder it lies in; `folders`, innermost first."""

    entry: Entry
    owner: Owner
    lesson: str | None
    folders: tuple[str, ...]
    submitted: datetime | None = None
    """When it was handed in, aware, where that is known."""
    stamp: bool = False
    """Whether this is nbgrader's timestamp.txt, in its own place: <student>/<lesson>/timestamp.txt."""

    @property
    def name(self) -> str:
        return self.entry.parts[-1]


def places(
    entries: Sequence[Entry],
    origin: Origin,
    lessons: Collection[str],
    submitters: Mapping[str, Sequence[Owner]] | None = None,
) -> list[Place]:
    """Every entry that belongs to somebody, in the order given; once for each where it is a group's.

    `entries` are those of the class (`unwrapped`), `submitters` the owners of Gradescope's folders.
    """
    inner, submitters = entries, submitters or {}
    student = _only_student(inner, origin, lessons)
    certain = _certain_owners(inner, lessons)
    found = []
    for entry in inner:
        parts, lesson = entry.parts, None
        if student is not None:
            owner: Owner | None = Owner(student, student)
            inside = parts[:-1]
        else:
            if len(parts) > 1 and (lesson := names.lesson_called(parts[0], lessons)):
                parts = parts[1:]
            owner = _owner(parts, entry, certain)
            inside = parts[1:-1]
        for folder in inside:
            lesson = names.lesson_called(folder, lessons) or lesson
        if owner is None:
            continue
        stamp = parts[-1] == TIMESTAMP and len(inside) == 1 and lesson is not None and not owner.platform
        if stamp:
            owner = replace(owner, platform=True)
        for one in submitters.get(parts[0], [owner]):
            found.append(Place(entry, one, lesson, (*reversed(entry.parts[:-1]), origin.name), stamp=stamp))
    return found


def _owner(parts: tuple[str, ...], entry: Entry, certain: Collection[str]) -> Owner | None:
    first = parts[0]
    if moodle := names.moodle_folder(first):
        return moodle
    if names.is_gradescope_folder(first):
        return Owner(first, first, platform=True)
    if len(parts) > 1:
        return Owner(first, first)
    platform = names.platform_file(first)
    if platform is not None and platform.student_id in certain:
        return platform
    return Owner(names.stem(first), names.stem(first)) if entry.kind == "notebook" else None


def _certain_owners(entries: Sequence[Entry], lessons: Collection[str]) -> set[str]:
    """Ids of a platform's file names that stand for one name only, and no attachment for two files.

    `kim_2024_01_lab.ipynb` and `lee_2024_01_lab.ipynb` look like Canvas, but 2024 is nobody's id; nor is 1
    in `lab_1_2_kim.ipynb` and `lab_1_2_lee.ipynb`.
    """
    people: dict[str, set[str]] = defaultdict(set)
    files: dict[tuple[str, int], set[str]] = defaultdict(set)
    for entry in entries:
        # What lies deeper was named by a student, who could make others' ids uncertain.
        if len(entry.parts) == 1 or (len(entry.parts) == 2 and names.lesson_called(entry.parts[0], lessons)):
            name = entry.parts[-1]
            if owner := names.platform_file(name):
                people[owner.student_id].add(owner.student)
                if attachment := owner.attempt[0]:
                    files[owner.student_id, attachment].add(names.first_name(name))
    doubtful = {student_id for (student_id, _), called in files.items() if len(called) > 1}
    return {student_id for student_id, called in people.items() if len(called) == 1} - doubtful


def unwrapped(entries: Sequence[Entry], origin: Origin) -> Sequence[Entry]:
    """Without a folder around the class: nbgrader's `submitted`, or the one that an archive begins with.

    A folder within a folder is never taken off: it may be a student's, who would then name the owners.
    """
    below = [entry for entry in entries if entry.parts[0] == _SUBMITTED and len(entry.parts) > 1]
    if below:
        return [replace(entry, parts=entry.parts[1:]) for entry in below]
    tops = {entry.parts[0] for entry in entries}
    if len(tops) == 1 and names.is_gradescope_export(next(iter(tops))):
        return [replace(entry, parts=entry.parts[1:]) for entry in entries if len(entry.parts) > 1]
    if origin.kind != "archive" or len(tops) != 1 or any(len(entry.parts) == 1 for entry in entries):
        return entries
    owners = {_platform_id(entry.parts[1]) for entry in entries}
    several = sum(entry.kind == "notebook" for entry in entries) > 1
    if (several and tops == {origin.name}) or (len(owners) > 1 and None not in owners):
        return [replace(entry, parts=entry.parts[1:]) for entry in entries]
    return entries


def _platform_id(name: str) -> str | None:
    owner = names.moodle_folder(name) or names.platform_file(name)
    return owner.student_id if owner else None


def _only_student(entries: Sequence[Entry], origin: Origin, lessons: Collection[str]) -> str | None:
    if origin.kind != "folder" or not origin.name:
        return None
    if origin.above == _SUBMITTED:
        return origin.name
    notebooks = [entry for entry in entries if entry.kind == "notebook"]
    only_lessons = all(
        len(entry.parts) == 1 and names.lesson_called(names.stem(entry.parts[0]), lessons)
        for entry in notebooks
    )
    if not notebooks or not only_lessons or names.lesson_called(origin.name, lessons):
        return None
    return origin.name
