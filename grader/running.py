"""Runs a notebook's cells in a room and writes down what happened: the driver's side of the guest."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from grader.ended import Ended, died, out_of_memory, out_of_time
from grader.notebook import Notebook
from grader.record import Cell, Fact, Output, RunState
from grader.sandbox import Room
from grader.sandbox.limits import Limits
from grader.wire import cells as wire
from grader.wire.frames import Channel, OutOfTime, WireError

_GRACE = 2.0
_MOST_EVENTS = 100_000
_IMAGES = ("image/png", "image/jpeg")
_KEPT = (*_IMAGES, "image/svg+xml", "text/html", "text/markdown", "text/latex", "text/plain")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{6,16}\b")


@dataclass
class Transcript:
    """How the cells ran. `cell`, `code`, `facts` and `message` tell of the first thing that went wrong."""

    state: RunState = "finished"
    cell: int | None = None
    code: str | None = None
    facts: dict[str, Fact] = field(default_factory=dict)
    message: str | None = None
    seconds: float = 0.0
    cells: list[Cell] = field(default_factory=list)
    threads: int = 1

    @property
    def rerun(self) -> int | None:
        """How many cells to run again in a fresh room before judging; None where this room can serve."""
        if self.state in ("out_of_time", "out_of_memory", "died"):
            return (self.cell or 1) - 1
        return None


class CellRun:
    """One run of a notebook's code cells in one room."""

    def __init__(self, room: Room, limits: Limits, said: Callable[[int], None] | None = None) -> None:
        self._room = room
        self._limits = limits
        self._said = said
        self.begin = time.monotonic()
        self._cell_cpu = 0.0
        self._interrupted: tuple[float, Ended] | None = None
        self.running: int | None = None
        self.results: dict[int, _Result] = {}
        self.done: wire.Done | None = None

    def play(self, code: list[wire.Code], seed: int, data: str | None) -> Ended | None:
        """Runs the cells to their end. Returns why that end came early, else None."""
        channel = Channel(self._room.guest, pidfd=self._room.pidfd, watch=self._watch)
        order = wire.encode(wire.Start(seed, self._limits.output, data))
        deadline = self.begin + self._limits.cells_wall
        try:
            self._room.go()
            channel.send(order, wire.encode(code), deadline=deadline)
            for _ in range(_MOST_EVENTS):
                header, payload = channel.receive(deadline=deadline + 2 * _GRACE)
                self._hear(wire.decode_event(header), payload, {c.number for c in code})
                if self.done is not None:
                    return self._late()
            return Ended("too_much_output", "more events than a notebook has")
        except Ended as ended:
            return ended
        except OutOfTime:
            return out_of_time("cells_wall", self._limits.cells_wall)
        except WireError as error:
            return self._ended_by(str(error))

    def _hear(self, event: wire.Event, payload: bytes, known: set[int]) -> None:
        if isinstance(event, wire.Done):
            self.done = event
            return
        if isinstance(event, wire.Hello) or event.cell not in known:
            return
        result = self.results.setdefault(event.cell, _Result())
        match event:
            case wire.Begin(cell):
                self.running = cell
                self._cell_cpu = self._room.usage().cpu
                if self._said is not None:
                    self._said(cell)
            case wire.Printed(_, name):
                result.stream(name, payload.decode("utf-8", "replace"))
            case wire.Shown(_, kind):
                result.show(kind, wire.decode_bundle(payload))
            case wire.Cleared():
                result.outputs.clear()
            case wire.Problem(_, kind, message, line):
                result.problem = result.problem or (kind, message, line)
                text = _ANSI.sub("", payload.decode("utf-8", "replace"))
                result.outputs.append(Output("error", kind, {"text/plain": text}))
            case wire.End(_, ok, seconds):
                result.ok, result.seconds = ok, min(max(seconds, 0.0), 1e5)
                self.running = None
                if self._interrupted is not None:
                    raise self._late() or Ended("out_of_time")

    def _late(self) -> Ended | None:
        return None if self._interrupted is None else self._interrupted[1]

    def _excess(self) -> Ended | None:
        over = self._room.usage().verdict == "memory"
        return out_of_memory(self._limits.memory) if over else None

    def _watch(self) -> None:
        usage = self._room.usage()
        if usage.verdict is not None:
            raise self._excess() or Ended("died", usage.verdict, {"limit": usage.verdict})
        ending = self._room.ending()
        if ending is not None:
            raise died(ending)
        now = time.monotonic()
        if self._interrupted is not None:
            if now > self._interrupted[0] + _GRACE:
                raise self._interrupted[1]
            return
        reason = None
        if usage.cpu - self._cell_cpu > self._limits.cell_cpu:
            reason = out_of_time("cell_cpu", self._limits.cell_cpu)
        elif usage.cpu > self._limits.cells_cpu:
            reason = out_of_time("cells_cpu", self._limits.cells_cpu)
        elif now - self.begin > self._limits.cells_wall:
            reason = out_of_time("cells_wall", self._limits.cells_wall)
        if reason is not None:
            self._interrupted = (now, reason)
            self._room.interrupt()

    def _ended_by(self, detail: str) -> Ended:
        ending = self._room.ending(_GRACE)
        return self._excess() or self._late() or (died(ending) if ending else Ended("died", detail))


@dataclass
class _Result:
    outputs: list[Output] = field(default_factory=list)
    ok: bool | None = None
    seconds: float = 0.0
    problem: tuple[str, str, int] | None = None

    def stream(self, name: str, text: str) -> None:
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.kind == "stream" and last.name == name:
            self.outputs[-1] = Output("stream", name, {"text/plain": last.data["text/plain"] + text})
        else:
            self.outputs.append(Output("stream", name, {"text/plain": text}))

    def show(self, kind: str, bundle: dict[str, str]) -> None:
        best = {mime: bundle[mime] for mime in _KEPT if mime in bundle}
        if any(mime in best for mime in _IMAGES):
            best = {mime: text for mime, text in best.items() if mime in _IMAGES or mime == "text/plain"}
        self.outputs.append(Output("result" if kind == "result" else "display", "", best))


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
    sources = [c.source for c in notebook.cells if c.kind == "code" and c.source.strip()][:first]
    code = [wire.Code(number, source) for number, source in enumerate(sources, start=1)]
    run = CellRun(room, limits, said)
    ended = run.play(code, seed, data)
    transcript = Transcript(seconds=round(time.monotonic() - run.begin, 2))
    transcript.cells = _cells(notebook, run, ended)
    _tell(transcript, run, ended)
    return transcript


def _tell(transcript: Transcript, run: CellRun, ended: Ended | None) -> None:
    if run.done is not None:
        transcript.threads = run.done.threads
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
    elif run.done is not None and run.done.cut:
        transcript.state, transcript.code = "too_much_output", "notebook.too_much_output"


def _cells(notebook: Notebook, run: CellRun, ended: Ended | None) -> list[Cell]:
    cells, number = [], 0
    for cell in notebook.cells:
        if cell.kind != "code":
            cells.append(Cell(cell.kind, cell.source))
            continue
        if not cell.source.strip():
            cells.append(Cell("code", cell.source, None, "empty"))
            continue
        number += 1
        result = run.results.get(number)
        if result is None:
            cells.append(Cell("code", cell.source, number, "skipped"))
            continue
        stopped = ended is not None and number == max(run.results)
        state: Literal["ok", "failed", "stopped"] = "stopped" if stopped else "ok" if result.ok else "failed"
        outputs = [replace(o, data={m: steady(t) for m, t in o.data.items()}) for o in result.outputs]
        cells.append(Cell("code", cell.source, number, state, result.seconds, outputs))
    return cells


def steady(text: str) -> str:
    """Addresses of objects are other ones in every run, and the same notebook has to give the same record."""
    return _ADDRESS.sub("0x…", text)
