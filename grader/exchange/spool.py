"""What was handed in, read once and put aside, so that a class of thousands is not held in memory."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Callable
from functools import partial

from grader.errors import UsageError

_IN_MEMORY = 16 << 20
"""Bytes that stay in memory: most classes need no file."""


class Spool:
    """Contents; the later ones lie in a file without a name, which is gone when nobody can ask for them."""

    def __init__(self) -> None:
        self._held = 0
        self._file = -1
        self._end = 0

    def put(self, content: bytes) -> Callable[[], bytes]:
        """Puts `content` aside; what is returned gives it again, from any thread.

        Raises `UsageError` where there is no room for it.
        """
        self._held += len(content)
        if self._held <= _IN_MEMORY:
            return lambda: content
        try:
            if self._file < 0:
                self._open()
            self._write(content)
        except OSError as error:
            raise UsageError(
                f"What was handed in cannot be put aside in {tempfile.gettempdir()}: {error.strerror}. "
                "Make room there, or set TMPDIR to a folder that has some."
            ) from error
        return partial(self._read, self._end - len(content), len(content))

    def _open(self) -> None:
        with tempfile.TemporaryFile(prefix="grader-") as file:
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)

    def _write(self, content: bytes) -> None:
        left = memoryview(content)
        while left:
            written = os.pwrite(self._file, left, self._end)
            left, self._end = left[written:], self._end + written

    def _read(self, at: int, length: int) -> bytes:
        parts: list[bytes] = []
        while length:
            parts.append(os.pread(self._file, length, at))
            if not parts[-1]:
                raise OSError("the file in which it was put aside has been cut")
            at, length = at + len(parts[-1]), length - len(parts[-1])
        return b"".join(parts)
