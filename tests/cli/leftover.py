"""The processes of a run, held from before its end, so that what outlives it is seen."""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Iterator

from grader.sandbox.processes import tree

PATIENCE = 20_000
"""Milliseconds that a process may take to be gone after its driver."""


class Children:
    """The descendants that `pid` has at this moment."""

    def __init__(self, pid: int) -> None:
        self._handles = {child: handle for child in tree(pid)[1:] for handle in _opened(child)}

    def __len__(self) -> int:
        return len(self._handles)

    def left(self) -> list[int]:
        """Those that have not ended. To be asked once, when the driver has."""
        left = []
        for pid, handle in self._handles.items():
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            if not poll.poll(PATIENCE):
                left.append(pid)
            os.close(handle)
        return left


def _opened(pid: int) -> Iterator[int]:
    with contextlib.suppress(ProcessLookupError):
        yield os.pidfd_open(pid)
