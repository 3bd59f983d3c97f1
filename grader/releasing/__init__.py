"""The student's copy of a lesson: made by allow-list, looked into for anything hidden, written as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.lesson import Lesson
from grader.releasing.copying import Copy, refuse_unless_whole, student_copy
from grader.releasing.folder import LIST, prepared
from grader.releasing.listing import Collector

__all__ = ["Collector", "Copy", "Released", "release", "student_copy"]


@dataclass(frozen=True)
class Released:
    """What was written: paths of the files in `folder`, and the copy that they are."""

    folder: Path
    files: tuple[str, ...]
    copy: Copy


def release(lesson: Lesson, out: Path, collector: Collector, *, secret: bytes | None) -> Released:
    """Writes the student's copy of `lesson` to the folder `out`, which is new, empty or an earlier release.

    `secret`: the course's, where one is known here, so that it is looked for. Raises `LessonError` naming the
    file where anything hidden could be in the copy, and `UsageError` where `out` holds anything else; then
    nothing is changed.
    """
    copy = student_copy(lesson, collector, secret)
    with prepared(out, lesson.name, copy.files) as made:
        refuse_unless_whole(copy, collector.listed(made, hidden=True))
    return Released(out, (*copy.files, LIST), copy)
