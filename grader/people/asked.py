"""Whom and what a command line means: a student by id or exact name, a check by id."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.errors import UsageError
from grader.near import meant
from grader.record import Check, Record

MOST_NAMED = 12


def student(name: str, read: Mapping[Path, Mapping[str, Record]]) -> list[tuple[Path, str, Record]]:
    """(folder, stem, record) of the one student whom `name` means, in each lesson's folder that has one.

    An id comes before a name. Raises `UsageError` where several are called so, or nobody is.
    """
    everyone = [(folder, stem, one) for folder, of in read.items() for stem, one in of.items()]
    found = [place for place in everyone if place[2].student_id == name]
    found = found or [place for place in everyone if _same(place[2].student, name)]
    people = sorted({one.student_id for _, _, one in found})
    if len(people) > 1:
        raise UsageError(f"{len(people)} students are called {name}. Say which by the id: {listed(people)}.")
    if not found:
        known = {one.student_id for _, _, one in everyone} | {one.student for _, _, one in everyone}
        raise UsageError(f"There is no record of a student {name!r} here.{meant(name, sorted(known))}")
    return found


def check(name: str, record: Record) -> Check:
    """The record's check of this id. Raises `UsageError` with those of nearly that name."""
    by_id = {one.id: one for one in record.checks}
    found = by_id.get(name) or by_id.get(f"test_{name}")
    if found is None:
        close = meant(name, by_id, f" Checks of {record.lesson}: {listed(by_id)}.")
        raise UsageError(f"There is no check {name!r} in this record.{close}")
    return found


def listed(names: Iterable[str]) -> str:
    """The names in a row, the first dozen of them."""
    all_ = list(names)
    more = f", and {len(all_) - MOST_NAMED} more" if len(all_) > MOST_NAMED else ""
    return ", ".join(all_[:MOST_NAMED]) + more


def _same(one: str, other: str) -> bool:
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
