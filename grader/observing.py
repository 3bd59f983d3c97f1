"""What the driver sees of a room besides what it came for: events out of turn, and what was left behind."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from grader.observed import Sight, Sights
from grader.wire import cells as wire

if TYPE_CHECKING:
    from grader.sandbox import Room

_LOOKS = 20
_BETWEEN_LOOKS = 0.01
_CLAIMS = {
    "functions": "functions_replaced",
    "hooks": "hooks_installed",
    "signals": "signals_handled",
    "grader": "grader_changed",
    "failed": "look_failed",
}


class Turns:
    """Whether events come as the cells of one notebook give them: each begins after the one before, ends
    once, and the last word comes last. `begun` counts from 1 and is 0 before the first."""

    def __init__(self, cells: int, sights: Sights) -> None:
        self._cells = cells
        self._sights = sights
        self.begun = 0
        self.running = False

    def takes(self, event: wire.Event) -> bool:
        """Whether `event` comes in turn; one that does not is kept for the instructor, and to be ignored."""
        match event:
            case wire.Begin(cell):
                fits = not self.running and cell == self.begun + 1 <= self._cells
                if fits:
                    self.begun, self.running = cell, True
            case wire.End(cell):
                fits = self.running and cell == self.begun
                self.running = self.running and not fits
            case wire.Done() | wire.Noticed() | wire.Losses():
                fits = not self.running and self.begun == self._cells
            case wire.Hello():
                fits = False
            case _:
                fits = 1 <= event.cell <= self.begun  # a child process may speak for an earlier cell
        if not fits:
            self._sights.add("events_out_of_order", type(event).__name__)
        return fits


def claimed(told: wire.Noticed, sights: Sights) -> None:
    """What the guest says that the notebook changed in its process."""
    for name in told.names:
        sights.add(_CLAIMS[told.what], name)
    if told.more > 0:
        sights.add(_CLAIMS[told.what], count=told.more)


def left_running(room: Room, sights: Sights) -> None:
    """Processes besides the keeper and the guest, and threads of the guest, now that the cells have run."""
    from grader.sandbox import processes  # asks /proc, which not every system has

    for _ in range(_LOOKS):
        living = [one for one in processes.living(room.pid) if one.pid != room.pid]
        if not living or (len(living) == 1 and living[0].threads == 1):
            return
        time.sleep(_BETWEEN_LOOKS)  # what has been joined may take a moment to be gone
    for one in living[1:]:
        sights.add("processes_after_cells", one.name)
    if living[0].threads > 1:
        sights.add("threads_after_cells", count=living[0].threads - 1)


def left_lying(room: Room) -> list[Sight]:
    """Files that the keeper of the room finds where programs would run or read them at their start, and
    more bytes than notebooks leave; nothing where the room has ended."""
    sights = Sights()
    told = room.look()
    for name in told.get("planted", []):
        sights.add("files_planted", name)
    if told.get("large"):
        sights.add("files_large", f"{told['large'] >> 20} MiB")
    return sights.all()
