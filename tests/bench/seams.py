"""A stopwatch at the seams of a grading: the tasks of the slots, and what each part of a submission takes.

Only the driver is touched, in its own process; what it starts runs as it always does.
"""

from __future__ import annotations

import functools
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from grader.sandbox import processes
from tests.bench.accounts import Account

SEAMS = {
    "read": ("grader.workshop", "Workshop", "read"),
    "make the room": ("grader.sandbox.house", "House", "guest"),
    "run the cells": ("grader.cell_run", "CellRun", "play"),
    "judge": ("grader.workshop", "Workshop", "judged"),
    "look what lies in the room": ("grader.sandbox.room", "Room", "look"),
    "close the room": ("grader.sandbox.room", "Room", "close"),
    "render": ("grader.desk.pages", None, "pages_of"),
    "write": ("grader.output", "Shelf", "write"),
}
"""The parts of one submission, as a slot goes through them: module, class, function."""
USERS = ("grader.work", "grader.commands.grade", "grader.grade")
"""Modules that may hold a function of `SEAMS` under its own name."""
FAMILIES = {"judge": "grader.judge.server", "desk": "grader.desk.server"}
"""Warm processes of the trusted side, by what stands in their command line."""
_SLOTS = "slot"


@dataclass(frozen=True)
class Moment:
    """Seconds: the clock, CPU of all processes, of the driver itself, and of each family."""

    wall: float
    cpu: float
    driver: float
    families: dict[str, float]


@dataclass
class Seen:
    """What was seen between the first submission's begin and the last one's end.

    busy: seconds that slots were at work, of all slots; parts: seconds of each part, by the clock
    """

    slots: int = 0
    tasks: int = 0
    busy: float = 0.0
    first: Moment | None = None
    last: Moment | None = None
    parts: dict[str, float] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> Seen:
        told = json.loads(path.read_text())
        moments = {name: Moment(**told[name]) if told[name] else None for name in ("first", "last")}
        return cls(**(told | moments))


class Stopwatch:
    """Notes into `seen`. Thread-safe."""

    def __init__(self, account: Account) -> None:
        self.seen = Seen()
        self._account = account
        self._lock = threading.Lock()

    def moment(self) -> Moment:
        families = dict.fromkeys(FAMILIES, 0.0)
        for pid in processes.tree(_own())[1:]:
            line = _command(pid)
            for name, told in FAMILIES.items():
                one = processes.read(pid)
                # A fork has the command line of its server; what it has reaped counts with its server.
                if told in line and one is not None:
                    families[name] += one.all_cpu
        return Moment(time.monotonic(), self._account.used(), time.process_time(), families)

    def task(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """A slot's task, timed."""

        @functools.wraps(work)
        def timed(*arguments: Any) -> Any:
            with self._lock:
                self.seen.tasks += 1
                if self.seen.first is None:
                    self.seen.first = self.moment()
            begin = time.monotonic()
            try:
                return work(*arguments)
            finally:
                with self._lock:
                    self.seen.busy += time.monotonic() - begin

        return timed

    def part(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """One part of a submission, timed."""

        @functools.wraps(work)
        def timed(*arguments: Any, **named: Any) -> Any:
            begin = time.monotonic()
            try:
                return work(*arguments, **named)
            finally:
                with self._lock:
                    self.seen.parts[name] = self.seen.parts.get(name, 0.0) + time.monotonic() - begin

        return timed


@contextmanager
def watched(watch: Stopwatch, *, parts: bool) -> Iterator[None]:
    """Within it the pool of the slots, and with `parts` each seam, goes by the stopwatch."""
    undo: list[tuple[Any, str, Any]] = []

    def put(owner: Any, name: str, work: Any) -> None:
        undo.append((owner, name, getattr(owner, name)))
        setattr(owner, name, work)

    put(ThreadPoolExecutor, "submit", _submitting(watch, ThreadPoolExecutor.submit))
    put(ThreadPoolExecutor, "shutdown", _shutting(watch, ThreadPoolExecutor.shutdown))
    for label, (module, kind, name) in SEAMS.items() if parts else ():
        place = import_module(module)
        owner = place if kind is None else getattr(place, kind)
        original = getattr(owner, name)
        timed = watch.part(label, original)
        holders = [owner] if kind else [owner, *map(import_module, USERS)]
        for holder in holders:
            if getattr(holder, name, None) is original:
                put(holder, name, timed)
    try:
        yield
    finally:
        for owner, name, work in reversed(undo):
            setattr(owner, name, work)


def _submitting(watch: Stopwatch, submit: Callable[..., Any]) -> Callable[..., Any]:
    def submitted(pool: ThreadPoolExecutor, work: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        if pool._thread_name_prefix == _SLOTS:
            watch.seen.slots = pool._max_workers
            work = watch.task(work)
        return submit(pool, work, *arguments)  # type: ignore[no-any-return]

    return submitted


def _shutting(watch: Stopwatch, shutdown: Callable[..., Any]) -> Callable[..., Any]:
    def shut(pool: ThreadPoolExecutor, *arguments: Any, **named: Any) -> None:
        shutdown(pool, *arguments, **named)
        if pool._thread_name_prefix == _SLOTS:
            watch.seen.last = watch.moment()

    return shut


def _own() -> int:
    return int(Path("/proc/self/stat").read_text().split()[0])


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
