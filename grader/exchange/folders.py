"""Submissions from a file, a folder or an archive: what lies there, read once, never through a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from grader.errors import UsageError
from grader.exchange import archives, names, otter, submitters
from grader.exchange.choosing import Told, submissions
from grader.exchange.entries import Entry, kind_of, refused, with_empty
from grader.exchange.layout import Origin, places, unwrapped
from grader.exchange.regular import read_regular, reason_of
from grader.exchange.spool import Spool
from grader.exchange.times import dated
from grader.notebook import MAX_BYTES, lesson_of
from grader.submission import Problem, Submission

MAX_FILES = 100_000
_DEEPEST = 6
_UNPACKED = archives.Caps()


@dataclass(frozen=True)
class _Asked:
    """What was asked for, with the limits."""

    path: Path
    lesson: str | None
    lessons: set[str]
    told: Told
    caps: archives.Caps


def _read_here(contents: Sequence[bytes]) -> list[str | None]:
    return [lesson_of(content) for content in contents]


def find(
    path: Path,
    *,
    lesson: str | None,
    lessons: Collection[str],
    told: Told = _read_here,
    max_bytes: int = MAX_BYTES,
    max_files: int = MAX_FILES,
    caps: archives.Caps = _UNPACKED,
) -> list[Submission]:
    """Every submission in `path`: a notebook, a folder of them in any form of `layout`, or a .zip of such.

    `lesson` is the lesson asked for, else each notebook says it; `lessons` are the names that exist. `told`
    reads the lessons from notebooks' metadata; give one that does so in a limited process where the
    bytes may be hostile. What cannot be read is a submission with a `problem`. Raises `UsageError` where
    there is nothing to grade, and where no lesson can be told.
    """
    known = set(lessons) | ({lesson} if lesson else set())
    # Not resolved: a link in a submission's place must stay one.
    whole = Path(os.path.abspath(path))
    name, above = names.as_text(whole.name), names.as_text(whole.parent.name)
    try:
        mode = os.lstat(whole).st_mode
    except OSError as error:
        raise UsageError(
            f"{path} cannot be opened: {error.strerror}. Give a notebook or a folder."
        ) from error
    asked = _Asked(path, lesson, known, told, replace(caps, file=min(caps.file, max_bytes)))
    if names.is_notebook(name) or (stat.S_ISREG(mode) and names.otter_time(name) is not None):
        return _chosen([_entry(whole, (name,), max_bytes)], Origin("file", above), asked)
    # Whoever gives the command may name a folder by a link; what lies in it may not be one.
    if stat.S_ISDIR(mode) or (stat.S_ISLNK(mode) and whole.is_dir()):
        listed = entries(whole, max_bytes=max_bytes, max_files=max_files)
        return _chosen(listed, Origin("folder", name, above), asked)
    if not name.lower().endswith(".zip"):
        raise UsageError(f"{path} is no notebook (.ipynb), no folder and no .zip archive of notebooks.")
    with archives.opened(whole, asked.caps) as found:
        if isinstance(found, Problem):
            problem = found
            broken = Entry((name,), "notebook", 0, lambda: problem)
            return _chosen([broken], Origin("file", above), asked)
        return _chosen(found, Origin("archive", names.stem(name)), asked)


def entries(folder: Path, *, max_bytes: int = MAX_BYTES, max_files: int = MAX_FILES) -> list[Entry]:
    """What lies in `folder` and below, rubbish left out, in the order of the names.

    Raises `UsageError` where the folder cannot be listed or holds more than `max_files` names.
    """
    found: list[Entry] = []
    folders: list[tuple[str, ...]] = []
    seen = 0
    waiting: list[tuple[Path, tuple[str, ...]]] = [(folder, ())]
    while waiting:
        place, above = waiting.pop()
        try:
            with os.scandir(place) as listing:
                here = list(islice(listing, max_files + 1 - seen))
        except OSError as error:
            if not above:
                raise UsageError(f"The folder {folder} cannot be listed: {error.strerror}.") from error
            found.append(refused(above, reason_of(error)))
            continue
        seen += len(here)
        if seen > max_files:
            raise UsageError(
                f"There are more than {max_files:,} files in {folder} (the last ones seen in {place}). "
                "Give the folder that holds the submissions."
            )
        for item in here:
            name = names.as_text(item.name)
            parts = (*above, name)
            if names.is_rubbish(name):
                continue
            if not item.is_dir(follow_symlinks=False) or names.is_notebook(name):
                found.extend(_listed(item, parts, max_bytes))
            elif len(parts) < _DEEPEST:
                waiting.append((Path(item.path), parts))
                folders.append(parts)
    return sorted(with_empty(found, folders), key=lambda entry: entry.parts)


def _listed(item: os.DirEntry[str], parts: tuple[str, ...], max_bytes: int) -> list[Entry]:
    if item.is_symlink() and not names.is_notebook(parts[-1]):
        # A linked folder stands in a student's place; deeper, a link is nobody's submission.
        return [refused(parts, "link")] if len(parts) == 1 and os.path.isdir(item.path) else []
    return [_entry(Path(item.path), parts, max_bytes)]


def _entry(path: Path, parts: tuple[str, ...], max_bytes: int) -> Entry:
    try:
        time = os.lstat(path).st_mtime_ns
    except OSError as error:
        return refused(parts, reason_of(error))
    return Entry(parts, kind_of(parts[-1]), time, partial(read_regular, path, max_bytes))


def _chosen(listed: list[Entry], origin: Origin, asked: _Asked) -> list[Submission]:
    class_ = unwrapped(otter.opened(listed, asked.caps), origin)
    handed = submitters.read(class_)
    class_ = with_empty(class_, {(folder,) for folder in handed})
    placed = dated(places(class_, origin, asked.lessons, submitters.owners(handed)), submitters.times(handed))
    found = submissions(placed, lesson=asked.lesson, lessons=asked.lessons, told=asked.told, spool=Spool())
    if not found:
        raise UsageError(f"No notebook (.ipynb) was found in {asked.path}. Give the folder that holds them.")
    return found
