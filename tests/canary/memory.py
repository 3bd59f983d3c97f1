"""All memory that a process has mapped and may read, without /proc: a cell of the searching notebook."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import sys
import time
from collections.abc import Iterable, Iterator

import numpy as np

PAGE = 4096
CHUNK = 64
MOST_MEMORY = 1_500_000_000
SECONDS = 40.0


def memory() -> Iterator[bytes]:
    """What this process has mapped and may read, found from pointer to pointer: there is no /proc to ask.

    A pipe tells what can be read: writing from an address that cannot be is an error and no crash.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    hear, say = os.pipe()
    with contextlib.suppress(OSError):
        fcntl.fcntl(say, 1031, CHUNK * PAGE)

    def at(page: int, count: int) -> bytes:
        wrote = libc.write(say, ctypes.c_void_p(page * PAGE), ctypes.c_size_t(count * PAGE))
        return os.read(hear, wrote) if wrote > 0 else b""

    environ = ctypes.c_void_p.in_dll(libc, "environ").value or 0
    objects: Iterable[object] = (sys.modules, np, memory, os.environ, ctypes, b"", 2**100, at)
    waiting = {id(one) // PAGE for one in objects} | {environ // PAGE}
    done = code_of_libraries(libc)
    left, begin = MOST_MEMORY, time.monotonic()
    while waiting and left > 0 and time.monotonic() < begin + SECONDS:
        page = waiting.pop()
        if page in done:
            continue
        for piece, first in stretch(at, page, done):
            left -= len(piece)
            yield piece
            words = np.frombuffer(piece[: len(piece) // 8 * 8], np.uint64)
            # Compared only: sums of a token's words would lie about as tokens that nobody planted.
            likely = words[(words >= 65536) & (words < 1 << 47)] >> 12
            waiting.update(set(likely[np.flatnonzero(np.diff(likely, prepend=0))].tolist()) - done)
            done.update(range(first, first + len(piece) // PAGE))
    os.close(hear)
    os.close(say)


def code_of_libraries(libc: ctypes.CDLL) -> set[int]:
    """Pages of the libraries' files that nobody writes to: half a gigabyte of torch's code."""

    class Library(ctypes.Structure):
        _fields_ = [
            ("base", ctypes.c_uint64),
            ("name", ctypes.c_char_p),
            ("parts", ctypes.POINTER(ctypes.c_uint64 * 7)),
            ("count", ctypes.c_uint16),
        ]

    pages: set[int] = set()

    def one(library, size: int, more: object) -> int:  # type: ignore[no-untyped-def]
        for part in library.contents.parts[: library.contents.count]:
            kind, flags = part[0] & 0xFFFFFFFF, part[0] >> 32
            if kind == 1 and not flags & 2:
                start = library.contents.base + part[2]
                pages.update(range(start // PAGE, (start + part[5]) // PAGE))
        return 0

    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Library), ctypes.c_size_t, ctypes.c_void_p)
    libc.dl_iterate_phdr(kind(one), None)
    return pages


def stretch(at, page: int, done: set[int]) -> Iterator[tuple[bytes, int]]:  # type: ignore[no-untyped-def]
    """The pages around `page` that can be read, upwards, then downwards, with their numbers."""
    up = page
    while up not in done:
        piece = at(up, CHUNK)
        if not piece:
            done.add(up)
            break
        yield piece, up
        up += len(piece) // PAGE
    down = page
    while up != page and down - 1 not in done:
        for count in (CHUNK, 8, 1):
            piece = at(down - count, count)
            if len(piece) == count * PAGE:
                down -= count
                yield piece, down
                break
        else:
            done.add(down - 1)
