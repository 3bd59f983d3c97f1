"""A core for the guests of this worker that no other worker of the same machine uses.

Every house gives its slot the core of that number, and workers have one slot each: without this, all
workers of a node would share its first core.
"""

from __future__ import annotations

import fcntl
import os
import socket
import stat
import tempfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import IO, Self

_MOST = 256


class Core:
    """A number that stands for a core, held until `close` or until this process ends."""

    def __init__(self, folder: Path | None = None, cores: int | None = None) -> None:
        """folder: where the workers of this machine meet; cores: how many there are for this process"""
        self.cores = min(cores or len(os.sched_getaffinity(0)), _MOST)
        self._held: IO[bytes] | None = None
        taken = self._take(folder or Path(tempfile.gettempdir()) / f"sequence-grader-cores-{os.geteuid()}")
        # Containers of one machine do not see each other's locks: there the name of the host spreads them.
        begin = zlib.crc32(socket.gethostname().encode())
        self.number = (begin + taken) % self.cores

    def close(self) -> None:
        """Lets another worker have it. Idempotent."""
        if self._held is not None:
            self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take(self, folder: Path) -> int:
        """The first number that nobody holds; 0 where that cannot be told, or all are held."""
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
                return 0
            for number in range(self.cores):
                file = (folder / str(number)).open("wb")
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    file.close()
                else:
                    self._held = file
                    return number
        except OSError:
            pass
        return 0
