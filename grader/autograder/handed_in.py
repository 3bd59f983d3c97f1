"""Which of the files handed in counts: all of them are one person's, whatever they are called."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from grader.desk.lessons import LessonReader
from grader.exchange.entries import Entry, refusal
from grader.exchange.folders import entries, find
from grader.submission import Problem, Submission

_OWNER = "submission"
_MOST_FILES = 10_000
_MOST_NOTEBOOKS = 41
"""One more than `find` looks through: what is beyond changes nothing."""


def handed_in(folder: Path, lesson: str) -> Submission:
    """The notebook in `folder` for `lesson`, the latest of several; else why there is none.

    Nothing that is named by a link is read, and nothing in `folder` is changed.
    """
    listed = entries(folder, max_files=_MOST_FILES)
    notebooks = [entry for entry in listed if entry.kind == "notebook"]
    if not notebooks:
        archives = [entry for entry in listed if entry.kind == "archive"]
        problem = refusal("archive" if archives else "no_notebook")
        return _refused(lesson, archives[0].parts[-1] if archives else "", problem)
    with tempfile.TemporaryDirectory(prefix="grader-handed-in-") as stage:
        refused = [
            _staged(entry, Path(stage), number) for number, entry in enumerate(notebooks[:_MOST_NOTEBOOKS])
        ]
        if all(refused) and refused[0] is not None:
            return _refused(lesson, notebooks[0].parts[-1], refused[0])
        with LessonReader() as told:
            return find(Path(stage), lesson=lesson, lessons={lesson}, told=told)[0]


def _staged(entry: Entry, stage: Path, number: int) -> Problem | None:
    """Puts a copy below a folder of its own, for those of a repository may be called anything."""
    content = entry.read()
    if isinstance(content, Problem):
        return content
    place = stage / _OWNER / str(number)
    place.mkdir(parents=True)
    copy = place / entry.parts[-1]
    copy.write_bytes(content)
    os.utime(copy, ns=(entry.time, entry.time))
    return None


def _refused(lesson: str, name: str, problem: Problem) -> Submission:
    return Submission(lesson, _OWNER, _OWNER, name, b"", [], problem)
