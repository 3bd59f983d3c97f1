"""The thread that looks at every open room of a house, and kills those above their limits."""

from __future__ import annotations

import contextlib
import threading

from grader.sandbox.room import Room

_TICK = 0.1


class Watchdog:
    """Watches rooms from `watch` to `forget`, each about every 0.1 s."""

    def __init__(self) -> None:
        self._rooms: set[Room] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
        self._thread.start()

    def watch(self, room: Room) -> None:
        with self._lock:
            self._rooms.add(room)

    def forget(self, room: Room) -> None:
        with self._lock:
            self._rooms.discard(room)

    def rooms(self) -> list[Room]:
        """Those that are watched now."""
        with self._lock:
            return list(self._rooms)

    def close(self) -> None:
        """Ends the thread. Idempotent."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(_TICK):
            for room in self.rooms():
                # A room that cannot be measured at this moment is just ending; the others go on.
                with contextlib.suppress(OSError):
                    room.check()
