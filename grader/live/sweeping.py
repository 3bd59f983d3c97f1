"""Ends what snapshots of a live notebook leave behind, where no keeper of a room does."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Collection

from grader.sandbox import processes


class HostSweeper:
    """Ends every process below the host, which adopts what its snapshots leave."""

    def __init__(self, host: int) -> None:
        self._host = host

    def sweep(self, spare: Collection[int] = ()) -> None:
        """Returns when each but those to spare has been told to end."""
        for pid in processes.tree(self._host)[1:]:
            if pid in spare:
                continue
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
