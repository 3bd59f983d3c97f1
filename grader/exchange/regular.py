"""Reading what may not be a file at all: regular files only, never through a link, never past a cap."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

from grader.exchange.entries import Refusal, refusal
from grader.submission import Problem

# A pipe would otherwise wait for its writer. Windows has none of the first two.
_FLAGS = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


def open_regular(path: Path) -> io.FileIO | Problem:
    """The file, unbuffered, or why it is none that may be read. A hard link is a file like any other."""
    try:
        # Looked at before it is opened: opening alone makes some devices act.
        if reason := _kind(os.lstat(path).st_mode):
            return refusal(reason)
        file = io.FileIO(path, opener=lambda name, _: os.open(name, _FLAGS))
        # Looked at again: something else may stand there by now.
        if reason := _kind(os.fstat(file.fileno()).st_mode):
            file.close()
            return refusal(reason)
    except OSError as error:
        return refusal(reason_of(error))
    return file


def read_regular(path: Path, max_bytes: int) -> bytes | Problem:
    """The bytes of a regular file, or why there are none."""
    file = open_regular(path)
    if isinstance(file, Problem):
        return file
    try:
        with io.BufferedReader(file) as buffered:
            content = buffered.read(max_bytes + 1)
    except OSError as error:
        return refusal(reason_of(error))
    return content if len(content) <= max_bytes else refusal("too_large")


def reason_of(error: OSError) -> Refusal:
    """Why the system refused."""
    return "no_permission" if isinstance(error, PermissionError) else "read_error"


def _kind(mode: int) -> Refusal | None:
    if stat.S_ISREG(mode):
        return None
    return "link" if stat.S_ISLNK(mode) else "folder" if stat.S_ISDIR(mode) else "not_a_file"
