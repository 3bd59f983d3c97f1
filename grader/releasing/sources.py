"""What of a lesson's folder may leave it at all: an allow-list of places and kinds of files.

    <lesson>.ipynb   data/**   checks/**/*.py   words/en.toml   words/ko.toml   lesson.toml

Everything else stays: hidden/, the teacher's README.md, curves.json, whatever lies about.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import LessonError
from grader.lesson import Lesson

DATA_KINDS = (".npz", ".npy", ".csv", ".tsv", ".txt", ".json", ".md", ".png", ".jpg", ".jpeg", ".svg")
WORDS = ("words/en.toml", "words/ko.toml")
_TELLING = re.compile(
    r"(?<![a-z])(hidden|solutions?|secrets?|expected|answers?|curves)(?![a-z])", re.IGNORECASE
)


@dataclass(frozen=True)
class Sources:
    """`files`: bytes by path below the lesson's folder. `left`: names in that folder that stay behind."""

    files: dict[str, bytes]
    left: tuple[str, ...]


def gather(lesson: Lesson) -> Sources:
    """Reads what the list allows, each file once. Raises `LessonError` naming a file that may not leave."""
    folder = lesson.folder
    starter = f"{lesson.name}.ipynb"
    files = {}
    for name in (starter, "lesson.toml", *WORDS):
        path = folder / name
        if name in WORDS and not path.exists() and not path.is_symlink():
            continue
        files[name] = read(path)
    for top in ("checks", "data"):
        if (folder / top).exists() or (folder / top).is_symlink():
            for path in _below(folder / top):
                _allowed(path, top)
                files[path.relative_to(folder).as_posix()] = read(path)
    taken = {name.partition("/")[0] for name in files}
    left = sorted(one for one in os.listdir(folder) if one not in taken)
    return Sources(files, tuple(left))


def read(path: Path) -> bytes:
    """The bytes of a regular file that is no link. Raises `LessonError`."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                return file.read()
    except OSError as error:
        if path.is_symlink():
            raise _refused(path, "is a link, which may lead anywhere. Put the file itself there") from error
        raise LessonError(f"{path} cannot be read ({error.strerror}), and a release needs it.") from error
    raise _refused(path, "is no regular file. Take it away")


def _below(folder: Path) -> Iterator[Path]:
    """Every file below `folder` in order; links are followed nowhere."""
    if folder.is_symlink() or not folder.is_dir():
        raise _refused(folder, "is a link or no folder. Put the folder itself there")
    for path in sorted(folder.iterdir()):
        if path.name == "__pycache__":
            continue
        if path.name.startswith("."):
            raise _refused(path, "is a hidden entry (history, a checkpoint, an editor's file). Delete it")
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)
        else:
            yield path


def _allowed(path: Path, top: str) -> None:
    if top == "checks" and path.suffix != ".py":
        raise _refused(path, "is no Python file; no others leave from checks/. Put data into data/")
    if top == "data" and path.suffix.lower() not in DATA_KINDS:
        kinds = ", ".join(DATA_KINDS)
        raise _refused(path, f"is of a kind that is not on the list ({kinds}). Save it as one of these")
    if top == "data" and (told := _TELLING.search(path.name)):
        raise _refused(path, f"has {told[0]!r} in its name. Move it to hidden/, or call it otherwise")


def _refused(path: Path, why: str) -> LessonError:
    return LessonError(f"Nothing was released: {path} {why}.")
