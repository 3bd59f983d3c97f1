"""A lesson as one piece of bytes: everything that a grading reads of it, under a digest of its own.

It may hold hidden checks and the reference solution, so it goes to trusted workers only, and is kept where
nobody else can read it (`kept.py`). It names files and holds their bytes: no links, no modes, no owners.
"""

from __future__ import annotations

import zlib
from pathlib import Path, PurePosixPath

import msgspec

from grader.cluster.messages import inflate, msgspec_decode
from grader.digests import digest_of
from grader.errors import ClusterError, LessonError
from grader.lesson import Lesson

MOST = 48 << 20
"""Bytes of all files together. Larger data belongs on a file system that all workers see."""
_MOST_FILES = 5000
_FOLDERS = ("checks", "hidden", "data", "words")


class _File(msgspec.Struct, frozen=True, array_like=True):
    path: str
    content: bytes


def paths(lesson: Lesson) -> dict[str, Path]:
    """The files of a lesson that a grading reads, by the names they have in a bundle."""
    found = [lesson.folder / "lesson.toml", lesson.starter]
    for folder in _FOLDERS:
        found += [p for p in (lesson.folder / folder).rglob("*") if "__pycache__" not in p.parts]
    named = {f"assignments/{lesson.name}/{p.relative_to(lesson.folder).as_posix()}": p for p in found}
    named[f"solutions/{lesson.name}/reference.ipynb"] = lesson.solutions / "reference.ipynb"
    return {name: path for name, path in sorted(named.items()) if path.is_file()}


def digest(lesson: Lesson) -> str:
    """sha256 over the names and contents of those files, as they lie there now."""
    return digest_of((name, path.read_bytes()) for name, path in paths(lesson).items())


def pack(lesson: Lesson) -> bytes:
    """The lesson to be sent. Raises `LessonError` where it is too large for that."""
    files = [_File(name, path.read_bytes()) for name, path in paths(lesson).items()]
    size = sum(len(file.content) for file in files)
    if size > MOST or len(files) > _MOST_FILES:
        raise LessonError(
            f"The lesson {lesson.name} has {len(files)} files of {size >> 20} MiB together, which is too "
            f"much to send to workers (at most {_MOST_FILES} files, {MOST >> 20} MiB). Put it where all of "
            "them see it under the same path."
        )
    return zlib.compress(msgspec.msgpack.encode(files), 6)


def unpack(content: bytes, lesson: str, wanted: str) -> dict[str, bytes]:
    """The files in a bundle, by name. Raises `ClusterError` unless it is the one of this digest."""
    files = msgspec_decode(inflate(content, MOST + (1 << 20)), list[_File])
    if len(files) > _MOST_FILES:
        raise ClusterError(f"The bundle of {lesson} has too many files.")
    named = {file.path: file.content for file in files}
    if len(named) != len(files) or digest_of(sorted(named.items())) != wanted:
        raise ClusterError(f"The bundle of {lesson} that came is not the one that was announced.")
    for name in named:
        _checked(name, lesson)
    return named


def _checked(name: str, lesson: str) -> None:
    """Raises `ClusterError` for a name that leads anywhere but into the lesson's own two folders."""
    parts = PurePosixPath(name).parts
    inside = parts[:2] in {("assignments", lesson), ("solutions", lesson)} and len(parts) > 2
    odd = name != "/".join(parts) or any(p in ("", ".", "..") or "\\" in p or "\0" in p for p in parts)
    if odd or not inside or lesson in ("", ".", ".."):
        raise ClusterError(f"The bundle of {lesson} names a file outside of the lesson.")
