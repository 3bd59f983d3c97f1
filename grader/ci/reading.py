"""The records below a folder, each with the words to say it in, and the notebooks that they are of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader import lesson as lessons
from grader.commands.report import read_records
from grader.errors import GraderError, UsageError
from grader.exchange.folders import entries
from grader.exchange.regular import read_regular
from grader.notebook import MAX_BYTES
from grader.record import Record
from grader.report.words import Words


def records(folder: Path, lesson: str | None) -> list[tuple[Record, Words]]:
    """Every record below `folder`, by lesson and student. Raises `UsageError` where there is none.

    lesson: a name or a folder, for the words of a lesson that does not lie under `assignments/`
    """
    groups = sorted({path.parent for path in folder.rglob("*.json") if path.parent.name != "instructor"})
    read = [record for group in groups for record in read_records(group).values()]
    if not read:
        raise UsageError(f"There is no record below {folder}: the step that grades comes before this one.")
    words = {name: Words.load(_words_of(name, lesson)) for name in {record.lesson for record in read}}
    ordered = sorted(read, key=lambda record: (record.lesson, record.student, record.student_id))
    return [(record, words[record.lesson]) for record in ordered]


def notebooks(place: Path, root: Path) -> Iterator[tuple[str, str, bytes]]:
    """(digest, path below `root`, content) of each notebook that is `place` or lies below it; no links."""
    if place.is_dir():
        found: Sequence[Path] = [
            place.joinpath(*entry.parts) for entry in entries(place) if entry.kind == "notebook"
        ]
    else:
        found = [place]
    for path in found:
        content = read_regular(path, MAX_BYTES)
        if isinstance(content, bytes):
            yield hashlib.sha256(content).hexdigest(), _below(path, root), content


def _below(path: Path, root: Path) -> str:
    whole, above = path.absolute(), root.absolute()
    return (whole.relative_to(above) if whole.is_relative_to(above) else whole).as_posix()


def _words_of(name: str, lesson: str | None) -> Path | None:
    for asked in (lesson, name):
        if asked is None:
            continue
        try:
            found = lessons.find(asked)
        except GraderError:
            continue
        if found.name == name:
            return found.words
    return None
