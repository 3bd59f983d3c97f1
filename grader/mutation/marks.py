"""Mutants that an author has looked at: `solutions/<lesson>/mutants.toml` says which, and why they may live.

A marked mutant still counts as a survivor; the mark tells a reader that it is known, and the reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.errors import LessonError
from grader.lesson import Lesson
from grader.near import meant
from grader.reading import UnreadableError, toml

_KEYS = ("digest", "reason")


@dataclass(frozen=True)
class Mark:
    digest: str
    reason: str


def marks(lesson: Lesson) -> list[Mark]:
    """The marks of a lesson; none where it has no such file. Raises `LessonError` for what is no mark."""
    path = lesson.solutions / "mutants.toml"
    try:
        content = toml(path.read_bytes())
    except FileNotFoundError:
        return []
    except (UnreadableError, OSError) as error:
        raise LessonError(f"{path} cannot be read: {error}.") from error
    unknown = [key for key in content if key != "mutant"]
    entries = content.get("mutant", [])
    if unknown or not isinstance(entries, list):
        raise LessonError(f"{path} holds tables [[mutant]], each with digest and reason, and nothing else.")
    found = []
    for entry in entries:
        for key in entry if isinstance(entry, dict) else ():
            if key not in _KEYS:
                raise LessonError(f"{path} has a key {key} that means nothing here.{meant(key, _KEYS)}")
        said = [entry.get(key) if isinstance(entry, dict) else None for key in _KEYS]
        if not all(isinstance(value, str) and value.strip() for value in said):
            raise LessonError(
                f'{path}: each [[mutant]] needs digest = "..." (the table shows it) and reason = "..." '
                "(why it may live)."
            )
        found.append(Mark(str(said[0]), str(said[1])))
    return found


def stale(given: Iterable[Mark], digests: Iterable[str]) -> list[Mark]:
    """Marks of mutants that are made no more."""
    known = set(digests)
    return [mark for mark in given if mark.digest not in known]
