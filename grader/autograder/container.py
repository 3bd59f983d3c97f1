"""What the container allows, and a copy of the lesson whose limits stay below that."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import asdict, replace
from pathlib import Path

from grader.errors import LessonError
from grader.lesson import Lesson
from grader.reading import UnreadableError, toml
from grader.sandbox.limits import Limits

OURS = 450 << 20
"""Bytes that the grader's own warm processes take; the rest is the submission's."""
_LEAST = 256 << 20
_BOOT = 45.0
"""Seconds for the start of the warm processes and for what comes after the last check."""
_MEMORY_FILES = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_TABLE = re.compile(r"(?ms)^\[limits\].*?(?=^\[|\Z)")


def memory(files: tuple[Path, ...] = _MEMORY_FILES) -> int:
    """Bytes that all processes here may use together: of the machine, or of its control group."""
    known = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in files:
        try:
            known.append(int(path.read_text("ascii")))
        except (OSError, ValueError):  # not there, or "max"
            continue
    return min(known)


def lowered(limits: Limits, seconds: float, room: int) -> Limits:
    """The limits, so that cells and checks end within `seconds` of wall clock and `room` bytes.

    A cell that kills its process makes those before it run once more: they get a third of the time, the
    checks another.
    """
    third = max((seconds - _BOOT) / 3, 5.0)
    return replace(
        limits,
        cells_wall=min(limits.cells_wall, third),
        requests_wall=min(limits.requests_wall, third),
        request_wall=min(limits.request_wall, third),
        memory=min(limits.memory, max(room - OURS, _LEAST)),
    )


def copied(folder: Path, course: Path, limits: Limits) -> Lesson:
    """A copy of the lesson in `folder` below `course`, with these limits. Solutions come along.

    Raises `LessonError` where the limits in lesson.toml stand in a form that cannot be replaced.
    """
    place = course / "assignments" / folder.name
    shutil.copytree(folder, place)
    solutions = folder.parent.parent / "solutions" / folder.name
    if solutions.is_dir():
        shutil.copytree(solutions, course / "solutions" / folder.name)
    path = place / "lesson.toml"
    lines = [f"{name} = {value}" for name, value in asdict(limits).items()]
    text = _TABLE.sub("", path.read_text("utf-8")).rstrip("\n")
    text += "\n\n[limits]\n" + "\n".join(lines) + "\n"
    path.write_text(text, encoding="utf-8")
    try:
        toml(text)
    except UnreadableError as error:
        raise LessonError(
            f"The limits of {folder.name} cannot be lowered for Gradescope ({error}). "
            "Write them as a table [limits] in lesson.toml and make the zip again."
        ) from error
    _open_data(place, course)
    return Lesson.open(place)


def _open_data(place: Path, course: Path) -> None:
    """Lets rooms' own users read the students' data and pass the folders above it, but list none of those.

    A submission gets a user of its own only where that user can read everything it needs.
    """
    data = place / "data"
    for found in (data, *data.rglob("*")) if data.is_dir() else ():
        found.chmod(0o755 if found.is_dir() else 0o644)
    for above in (place, place.parent, course):
        above.chmod(0o711)
    for closed in (place / "checks", place / "hidden", course / "solutions"):
        if closed.is_dir():
            closed.chmod(0o700)
