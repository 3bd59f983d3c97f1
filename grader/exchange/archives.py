"""A .zip of notebooks, read in memory: nothing is unpacked to disk, so that no name in it can reach there.

What a zip says about itself is not believed: sizes are counted while reading, and its table of contents
is capped before Python's zipfile takes it in.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from grader.exchange import names
from grader.exchange.entries import Entry, kind_of, refusal, refused, with_empty
from grader.exchange.regular import open_regular
from grader.notebook import MAX_BYTES
from grader.submission import Problem

_CHUNK = 1 << 16
_ENCRYPTED = 0x1
_UTF8 = 0x800
_LONGEST_PATH = 1000
_LONGEST_NAME = 255
_DEEPEST = 12
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class Caps:
    """How much of an archive is read. `ratio` holds for files of more than `small` bytes."""

    entries: int = 50_000
    table: int = 16 << 20
    """Bytes of its table of contents."""
    file: int = MAX_BYTES
    total: int = 2 << 30
    """Bytes of all its notebooks together, unpacked."""
    ratio: float = 1000.0
    small: int = 1 << 20


@contextmanager
def opened(path: Path, caps: Caps) -> Iterator[list[Entry] | Problem]:
    """What the zip at `path` holds, readable within the context, or why nothing in it can be read."""
    with ExitStack() as stack:
        file = open_regular(path)
        if isinstance(file, Problem):
            yield file
            return
        bounded = stack.enter_context(_Bounded(file, max(caps.table, _CHUNK)))
        yield stack.enter_context(inside(bounded, caps))


@contextmanager
def inside(file: io.BufferedIOBase, caps: Caps) -> Iterator[list[Entry] | Problem]:
    """The same for a zip in an open file."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
            infos = archive.infolist()
        # A hostile table of contents makes zipfile raise a dozen kinds of errors; all say the same.
        except Exception:
            yield refusal("bad_archive")
            return
        if len(infos) > caps.entries:
            yield refusal("too_many_files")
            return
        reader = _Reader(archive, caps)
        folders = {parts[: depth + 1] for info in infos for parts, depth in _notebook_folders(_path(info))}
        found = [entry for info in infos if (entry := _entry(info, reader)) is not None]
        listed = {_parts(_path(info))[:depth] for info in infos for depth in (1, 2)}
        yield with_empty(found, listed) + [refused(parts, "folder") for parts in sorted(folders)]


class _Bounded(io.BufferedReader):
    """A file that refuses to be read in pieces of more than `most` bytes."""

    def __init__(self, raw: io.FileIO, most: int) -> None:
        super().__init__(raw)
        self._most = most

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            here = self.tell()
            size = self.seek(0, io.SEEK_END) - here
            self.seek(here)
        if size > self._most:
            raise zipfile.BadZipFile("The table of contents is too large.")
        return super().read(size)


class _Reader:
    """Reads members, and counts what they unpack to over the whole archive."""

    def __init__(self, archive: zipfile.ZipFile, caps: Caps) -> None:
        self._archive = archive
        self._caps = caps
        self._left = caps.total

    def read(self, info: zipfile.ZipInfo) -> bytes | Problem:
        if info.flag_bits & _ENCRYPTED:
            return refusal("encrypted")
        # LZMA lets a file ask for gigabytes of memory.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            return refusal("compression")
        most = min(self._caps.file, self._left)
        content = bytearray()
        try:
            with self._archive.open(info) as member:
                while len(content) <= most and (piece := member.read(_CHUNK)):
                    content += piece
        # Damaged members fail in zipfile, zlib and struct, each with errors of its own.
        except Exception:
            return refusal("bad_archive")
        finally:
            self._left = max(0, self._left - len(content))
        if len(content) > self._caps.small and len(content) > self._caps.ratio * max(1, info.compress_size):
            return refusal("compression")
        return bytes(content) if len(content) <= most else refusal("too_large")


def _entry(info: zipfile.ZipInfo, reader: _Reader) -> Entry | None:
    """The entry, or None for folders, rubbish and what is neither a notebook nor in its proper place."""
    path = _path(info)
    parts = _parts(path)
    if not parts or any(names.is_rubbish(part) for part in parts if part != ".."):
        return None
    time = _time(info)
    kind = kind_of(parts[-1])
    if _leaves(path, parts):
        last = parts[-1][-_LONGEST_NAME:].replace("\0", "")
        return refused((last,), "bad_path", time) if kind == "notebook" else None
    if path.endswith("/") or len(parts) > _DEEPEST or any(names.is_notebook(part) for part in parts[:-1]):
        return None
    if (form := stat.S_IFMT(info.external_attr >> 16)) not in (0, stat.S_IFREG):
        if kind != "notebook":
            return None
        return refused(parts, "link" if form == stat.S_IFLNK else "not_a_file", time)
    return Entry(parts, kind, time, partial(reader.read, info))


def _notebook_folders(path: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Where on the path a folder is called like a notebook, whether or not the archive lists the folder."""
    parts = _parts(path)
    if _leaves(path, parts) or any(names.is_rubbish(part) for part in parts):
        return
    for depth, part in enumerate(parts):
        if names.is_notebook(part) and (depth + 1 < len(parts) or path.endswith("/")):
            yield parts, depth
            return


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part not in ("", "."))


def _path(info: zipfile.ZipInfo) -> str:
    """The entry's name, its parts joined by `/`. Windows programs have been seen to write backslashes.

    Old zips do not say how their names are encoded; zipfile then takes them for DOS's.
    """
    if info.flag_bits & _UTF8:
        return info.orig_filename.replace("\\", "/")
    return names.decoded(info.orig_filename.encode("cp437", "replace").replace(b"\\", b"/"))


def _leaves(path: str, parts: tuple[str, ...]) -> bool:
    return (
        path.startswith("/")
        or ".." in parts
        or "\0" in path
        or _DRIVE.match(path) is not None
        or len(path) > _LONGEST_PATH
        or any(len(part) > _LONGEST_NAME for part in parts)
    )


def _time(info: zipfile.ZipInfo) -> int:
    """A number that grows with the time of the entry, whose month may be 0."""
    year, month, day, hour, minute, second = info.date_time
    return ((((year * 13 + month) * 32 + day) * 32 + hour) * 64 + minute) * 64 + second
