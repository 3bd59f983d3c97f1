"""Which lesson a live notebook is for, and which check a student means."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import lesson as lessons
from grader.errors import LessonError, UsageError
from grader.lesson import Lesson
from grader.notebook import MAX_BYTES, lesson_of

_ENOUGH = 0.5
"""A lesson is meant where the notebook defines at least this share of its names."""


@dataclass(frozen=True)
class Unclear(Exception):
    """It cannot be told. `key` of the words, `which`: the names to choose from."""

    key: str
    which: tuple[str, ...]
    said: str = ""


def lesson_for(asked: str | None, notebook: str | None, folder: Path, names: Sequence[str]) -> Lesson:
    """The lesson asked for; else the one that the notebook's file says; else the only one near `folder`;
    else the one whose names are defined. Raises `Unclear`."""
    near = _near(folder)
    if asked is not None:
        return _asked(asked, near)
    if notebook is not None and (found := _of_file(_path(notebook, folder), near)) is not None:
        return found
    if not near:
        raise Unclear("no_lesson", ())
    if len(near) == 1:
        return near[0]
    return _by_names(near, set(names))


def check_for(asked: str, known: Iterable[str]) -> str:
    """The check whose name this is, or the only one whose name holds it. Raises `Unclear`."""
    known = list(known)
    base = asked.partition("[")[0]
    for name in (base, f"test_{base}"):
        if name in known:
            return asked if name == base else f"test_{asked}"
    holding = [name for name in known if asked and asked in name]
    if len(holding) == 1:
        return holding[0]
    raise Unclear("no_check", tuple(holding or known), asked)


def _near(folder: Path) -> list[Lesson]:
    """The lesson in the folder or above it, else those in its folders, else those of the course.

    Their names count, and as everywhere the checks that were installed, where there are some of that name.
    """
    installed = lessons.known()
    return [installed.get(lesson.name, lesson) for lesson in _lying(folder)]


def _lying(folder: Path) -> list[Lesson]:
    for place in (folder, folder.parent):
        if (place / "lesson.toml").is_file():
            return [Lesson.open(place)]
    for root in (folder / "assignments", folder):
        if found := _below(root):
            return found
    return list(lessons.lessons())


def _below(root: Path) -> list[Lesson]:
    found = []
    for path in sorted(root.glob("*/lesson.toml")):
        try:
            found.append(Lesson.open(path.parent))
        except LessonError:
            continue  # another lesson's fault is no reason not to check this one
    return sorted(found, key=lambda lesson: (lesson.number, lesson.name))


def _asked(asked: str, near: Sequence[Lesson]) -> Lesson:
    for lesson in near:
        if lesson.name == asked:
            return lesson
    try:
        return lessons.find(asked)
    except UsageError:
        raise Unclear("unknown_lesson", tuple(lesson.name for lesson in near), asked) from None


def _of_file(path: Path, near: Sequence[Lesson]) -> Lesson | None:
    known = {lesson.name: lesson for lesson in near} | lessons.known(path.parent)
    said = None
    try:
        if path.stat().st_size <= MAX_BYTES:
            said = lesson_of(path.read_bytes())
    except OSError:
        pass  # the front end may name a path of another machine
    for name in (said, path.stem, path.parent.name):
        if name in known:
            return known[name]
    return None


def _path(notebook: str, folder: Path) -> Path:
    # Jupyter may name it from its own root.
    return Path(os.path.abspath(folder / notebook))


def _by_names(near: Sequence[Lesson], names: set[str]) -> Lesson:
    shares = {lesson.name: len(names & set(lesson.names)) / max(1, len(lesson.names)) for lesson in near}
    best = max(shares.values())
    fitting = [lesson for lesson in near if shares[lesson.name] == best]
    if best >= _ENOUGH and len(fitting) == 1:
        return fitting[0]
    some = [lesson for lesson in near if shares[lesson.name] > 0]
    several = len(some) > 1
    raise Unclear(
        "several_lessons" if several else "which_lesson", tuple(l.name for l in (some if several else near))
    )
