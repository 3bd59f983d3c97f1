"""Makes forks of this process cheap."""

from __future__ import annotations

import contextlib
import ctypes
import gc

_HUGE = 1 << 21
_MADV_HUGEPAGE = 14
_MADV_COLLAPSE = 25


def settle(*, few: bool = False) -> None:
    """Moves every object out of the garbage collector's sight and this memory onto huge pages.

    A fork copies one table entry a page, and 2 MiB pages have 512 times fewer. Where the kernel
    will not, forks are slower and nothing else changes.
    few: leaves the pages, since there will be no more than some dozens of forks
    """
    gc.collect()
    gc.freeze()
    if few:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    for start, end in _private_memory():
        first = -(-start // _HUGE) * _HUGE
        last = end // _HUGE * _HUGE
        if first < last:
            length = ctypes.c_size_t(last - first)
            if libc.madvise(ctypes.c_void_p(first), length, _MADV_HUGEPAGE) == 0:
                libc.madvise(ctypes.c_void_p(first), length, _MADV_COLLAPSE)


def _private_memory() -> list[tuple[int, int]]:
    """[start, end) of each private anonymous mapping of 2 MiB or more that can be written."""
    found = []
    with contextlib.suppress(OSError), open("/proc/self/maps", "rb") as maps:
        for line in maps:
            words = line.split()
            name = words[5] if len(words) > 5 else b""
            if words[1].startswith(b"rw-p") and (not name or name == b"[heap]"):
                start, end = (int(word, 16) for word in words[0].split(b"-"))
                if end - start >= _HUGE:
                    found.append((start, end))
    return found
