"""One run of a notebook's code cells, as its guest tells of it: events heard, limits kept."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from math import isfinite
from typing import Protocol

from grader.bounds import countable
from grader.ended import Ended, died, out_of_memory, out_of_time
from grader.observed import Sights
from grader.observing import Turns, claimed
from grader.record import Losses
from grader.sandbox.clock import LONGEST
from grader.sandbox.limits import Limits
from grader.sandbox.usage import Ending, Usage
from grader.transcript import Result
from grader.wire import cells as wire
from grader.wire.frames import Malformed, OutOfTime, TooLarge, WireError

_GRACE = 2.0
_NEWS_SECONDS = 10.0
"""Within which the keeper tells how a guest ended, on a busy machine too."""
_MOST_EVENTS = 100_000
_LARGEST_EVENT = 4 << 20
_SPARE_PER_CELL = 1 << 16
"""Bytes beyond the limit of output that tracebacks may take."""
_MOST_READ = 8
"""As much output, in terms of what is kept, is read before the run is ended."""
_MOST_SIGHTS = 16
_LONGEST_KIND, _LONGEST_MESSAGE = 100, 2000
"""As the guest cuts them itself, if nobody has forged the event."""
_MOST_LOSSES = 200
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


class Place(Protocol):
    """What a run of cells asks of the room that it is in."""

    def go(self) -> None: ...

    def interrupt(self) -> None: ...

    def usage(self, *, surely: bool = False) -> Usage: ...

    def ending(self, seconds: float = 0.0) -> Ending | None: ...


class Events(Protocol):
    """What the guest's events come by."""

    def send(self, header: bytes, payload: bytes = b"", *, deadline: float | None) -> None: ...

    def receive(self, *, deadline: float | None) -> tuple[bytes, bytes]: ...


class CellRun:
    """One run of a notebook's code cells in one place; `opened` and `left` are those of a room."""

    def __init__(self, room: Place, limits: Limits, said: Callable[[int], None] | None = None) -> None:
        self._room = room
        self._limits = limits
        self._said = said
        self.begin = time.monotonic()
        self._cell_cpu = self._cpu = 0.0
        self._interrupted: tuple[float, Ended] | None = None
        self._bytes = self._claims = 0
        self.cut = False
        self.sights = Sights()
        self.running: int | None = None
        self.results: dict[int, Result] = {}
        self.done: wire.Done | None = None
        self.losses: Losses | None = None

    def play(self, code: list[wire.Code], seed: int, data: str | None) -> Ended | None:
        """Runs the cells to their end. Returns why that end came early, else None."""
        cells = wire.encode(code)
        channel = self.opened(max(self._limits.output, _LARGEST_EVENT, len(cells)))
        turns = Turns(len(code), self.sights)
        most = self._limits.output + _SPARE_PER_CELL * (len(code) + 1)
        order = wire.encode(wire.Start(seed, self._limits.output, data))
        deadline = self.begin + LONGEST * self._limits.cells_wall
        try:
            self._cell_cpu = self._used().cpu
            self._room.go()
            channel.send(order, cells, deadline=deadline)
            for _ in range(_MOST_EVENTS):
                header, payload = channel.receive(deadline=deadline + 2 * _GRACE)
                event = wire.decode_event(header)
                self._bytes += len(header) + len(payload)
                if self._bytes > _MOST_READ * most:
                    break
                # The guest cuts its output itself; its children do not know what it has said.
                self.cut |= self._bytes > most
                if turns.takes(event) and not (self.cut and payload):
                    self._hear(event, payload)
                if self.done is not None:
                    self.left()
                    return self._late()
            return Ended("too_much_output", "more events than a notebook has")
        except Ended as ended:
            return ended
        except OutOfTime:
            return out_of_time("cells_wall", self._limits.cells_wall)
        except (Malformed, TooLarge) as error:
            self.sights.add("reply_malformed", str(error))
            return self._ended_by(str(error), _GRACE)
        except WireError as error:
            return self._ended_by(str(error), _NEWS_SECONDS)

    def cpu(self) -> float | None:
        """Seconds of CPU of everything in the place until the last cell ended; None where nobody can tell."""
        return self._cpu

    def opened(self, largest: int) -> Events:
        """The line to the guest, watched; at most `largest` bytes a message."""
        raise NotImplementedError

    def left(self) -> None:
        """The cells have run: sees what is still running."""

    def _hear(self, event: wire.Event, payload: bytes) -> None:
        if isinstance(event, wire.Done):
            self.done, self.cut = event, self.cut or event.cut
            return
        if isinstance(event, wire.Losses):
            self.losses = self.losses or _losses(event)
            return
        if isinstance(event, wire.Noticed | wire.Hello):
            self._claims += 1
            if isinstance(event, wire.Noticed) and self._claims <= _MOST_SIGHTS:
                claimed(event, self.sights)
            return
        result = self.results.setdefault(event.cell, Result())
        match event:
            case wire.Begin(cell):
                self.running = cell
                if self._said is not None:
                    self._said(cell)
            case wire.Printed(_, name):
                result.stream(name, payload.decode("utf-8", "replace"))
            case wire.Shown(_, kind):
                result.show(kind, wire.decode_bundle(payload))
            case wire.Cleared():
                result.clear()
            case wire.Problem(_, kind, message, line):
                kind = kind[:_LONGEST_KIND]
                result.problem = result.problem or (kind, message[:_LONGEST_MESSAGE], countable(line))
                text = _ANSI.sub("", payload.decode("utf-8", "replace"))
                result.fail(kind, text)
            case wire.End(_, ok, seconds):
                result.ok, result.seconds = ok, min(max(seconds, 0.0), 1e5)
                self.running = None
                # A process of the cell may have been ended for its memory, and the cell have coped.
                usage = self._used(surely=True)
                self._cell_cpu = usage.cpu
                if (early := self._late() or self._excess(usage)) is not None:
                    raise early

    def _late(self) -> Ended | None:
        return None if self._interrupted is None else self._interrupted[1]

    def _used(self, *, surely: bool = False) -> Usage:
        usage = self._room.usage(surely=surely)
        self._cpu = usage.cpu
        return usage

    def _excess(self, usage: Usage) -> Ended | None:
        if usage.verdict == "memory":
            return out_of_memory(self._limits.memory)
        return Ended("died", usage.verdict, {"limit": usage.verdict}) if usage.verdict is not None else None

    def watch(self) -> None:
        """Ends the run by `Ended` where a limit is passed or the process has gone."""
        usage = self._used()
        if (excess := self._excess(usage)) is not None:
            raise excess
        ending = self._room.ending()
        if ending is not None:
            raise died(ending)
        now = time.monotonic() - usage.waited
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

    def _ended_by(self, detail: str, seconds: float) -> Ended:
        ending = self._room.ending(seconds)
        excess = self._excess(self._used())
        return excess or self._late() or (died(ending) if ending else Ended("died", detail))


def _losses(told: wire.Losses) -> Losses | None:
    """What the guest claims, where it can be drawn."""
    count = len(told.values)
    fits = told.name.isidentifier() and 2 <= count <= _MOST_LOSSES and all(map(isfinite, told.values))
    return Losses(told.name[:_LONGEST_KIND], told.values, min(max(told.of, count), 10**9)) if fits else None
