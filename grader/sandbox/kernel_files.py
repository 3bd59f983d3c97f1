"""Files that the kernel makes up as they are read: below /proc, and of control groups."""

from __future__ import annotations

import os
from pathlib import Path

_CHUNK = 1 << 14


def content(path: str | Path) -> bytes:
    """All of it. Names of processes and files stand in it, which need not be text. Raises OSError.

    Rooms are measured often, and a file object of Python's costs several times the reading itself.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        found = b""
        while more := os.read(handle, _CHUNK):
            found += more
        return found
    finally:
        os.close(handle)


def lines(path: str | Path) -> list[bytes]:
    """Its lines. Raises OSError.

    Only a line feed ends one. The kernel escapes those in a process's name, and leaves what else `splitlines`
    goes by, so that a process could call itself a carriage return and a line of its own.
    """
    return content(path).split(b"\n")
