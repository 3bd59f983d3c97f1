"""Runs a notebook's cells in a room and writes down what happened: the driver's side of the guest."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from grader.cell_run import CellRun, Events
from grader.ended import Ended
from grader.notebook import Notebook
from grader.observing import left_running
from grader.sandbox.limits import Limits
from grader.transcript import Transcript, steady, written
from grader.wire import cells as wire
from grader.wire.frames import Channel

if TYPE_CHECKING:
    from grader.sandbox import Room


class RoomRun(CellRun):
    """A run in a room of the sandbox."""

    def __init__(self, room: Room, limits: Limits, said: Callable[[int], None] | None = None) -> None:
        super().__init__(room, limits, said)
        self._walls = room

    def opened(self, largest: int) -> Events:
        return Channel(self._walls.guest, pidfd=self._walls.pidfd, watch=self.watch, max_payload=largest)

    def left(self) -> None:
        left_running(self._walls, self.sights)


def run_cells(
    room: Room,
    notebook: Notebook,
    limits: Limits,
    *,
    seed: int,
    data: str | None,
    first: int | None = None,
    said: Callable[[int], None] | None = None,
) -> Transcript:
    """Runs the notebook in `room` (only its `first` code cells, where given) and tells how it went.

    `said` hears the number of each cell as it begins.
    """
    return told(RoomRun(room, limits, said), notebook, seed=seed, data=data, first=first)


def run_again(transcript: Transcript, afresh: Callable[[int], Transcript]) -> None:
    """Where a run has lost its process: `afresh` runs the cells before that point once more in a new one, and
    if even those lose it, none."""
    again = transcript.rerun
    while again is not None:
        second = afresh(again)
        again = None if second.rerun is None else (0 if again else None)


def told(
    run: CellRun, notebook: Notebook, *, seed: int, data: str | None, first: int | None = None
) -> Transcript:
    """Plays the notebook, or its `first` code cells, in a run that has not begun, and tells how it went."""
    code = [wire.Code(number, source) for number, source in enumerate(notebook.code[:first], start=1)]
    ended = run.play(code, seed, data)
    transcript = Transcript(seconds=round(time.monotonic() - run.begin, 2), cpu_seconds=run.cpu())
    transcript.sights = run.sights.all()
    transcript.losses = run.losses
    transcript.cells = written(notebook, run.results, stopped=ended is not None)
    _tell(transcript, run, ended)
    return transcript


def _tell(transcript: Transcript, run: CellRun, ended: Ended | None) -> None:
    failed = next(((n, r) for n, r in sorted(run.results.items()) if r.ok is False), None)
    if ended is not None:
        cell = run.running or (max(run.results) if run.results else 1)
        transcript.state, transcript.cell = ended.state, cell
        transcript.code = f"notebook.{ended.state}"
        transcript.facts = {"cell": cell, **ended.facts}
        transcript.message = ended.detail
    elif failed is not None:
        number, result = failed
        kind, message, line = result.problem or ("Error", "the cell failed", 0)
        transcript.state, transcript.cell = "cell_failed", number
        blank = kind == "NotImplementedError"
        transcript.code = "notebook.not_attempted" if blank else "notebook.cell_failed"
        message = steady(message)
        transcript.facts = {"cell": number, "type": kind, "message": message, "line": line}
        transcript.message = f"{kind}: {message}".rstrip(": ")
    elif run.cut:
        transcript.state, transcript.code = "too_much_output", "notebook.too_much_output"
