"""Who else lives in a room, and how to end them all."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
from collections.abc import Collection, Iterator

_PASSES = 200
_PATIENCE_MS = 2000


class Kin:
    """The processes of the keeper's room but the keeper.

    In a pid namespace of its own they are all ids there are, tried one by one (there is no /proc);
    elsewhere the keeper's descendants: it adopts orphans, so none leaves the tree.
    """

    def __init__(self, own_namespace: bool) -> None:
        self._own_namespace = own_namespace
        self._highest = 1
        self._reaped: list[tuple[int, int]] = []

    def find(self) -> Iterator[int]:
        return self._by_number() if self._own_namespace else descendants(os.getpid())

    def reap(self) -> list[tuple[int, int]]:
        """(pid, wait status) of each child that has ended since this was last asked."""
        self.collect()
        ended, self._reaped = self._reaped, []
        return ended

    def collect(self) -> None:
        """Reaps what has ended, to be told by the next `reap`."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self._reaped.append(ended)

    def _by_number(self) -> Iterator[int]:
        # Ids are given in turn: a thread made now has the newest. It falls only where they wrap.
        newest = threading.Thread(target=int)
        newest.start()
        newest.join()
        number = newest.native_id or 0
        if number < self._highest:
            number = 1 << 22
        self._highest = number
        return iter(range(2, number + 1))


def descendants(pid: int) -> Iterator[int]:
    """All below `pid` in the tree, by /proc."""
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return
    for task in tasks:
        try:
            with open(f"/proc/{pid}/task/{task}/children") as listing:
                children = [int(word) for word in listing.read().split()]
        except OSError:
            continue
        for child in children:
            yield child
            yield from descendants(child)


def sweep(kin: Kin, *, spare: Collection[int] = ()) -> bool:
    """Kills all kin but `spare` until none is left alive; False where they outlast many passes."""
    for _ in range(_PASSES):
        found = (pid for pid in kin.find() if pid not in spare)
        alive = [handle for pid in found if (handle := _open_living(pid)) is not None]
        if not alive:
            return True
        try:
            for handle in alive:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
            for handle in alive:
                _has_ended(handle, _PATIENCE_MS)
        finally:
            for handle in alive:
                os.close(handle)
        kin.collect()
    return False


def _open_living(pid: int) -> int | None:
    """A pidfd of a living process; None where there is none of that id, or a zombie, or a thread."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return None
    if _has_ended(handle, 0):
        os.close(handle)
        return None
    return handle


def _has_ended(handle: int, patience_ms: int) -> bool:
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(patience_ms))
