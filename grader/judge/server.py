"""The judge's warm process: pytest, torch and the probes imported; each submission is judged in a fresh fork,
made when the checks of its lesson have been collected."""

from __future__ import annotations

import contextlib
import socket
import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TextIO

import msgspec
from msgspec.structs import replace

from grader.judge.brief import Brief
from grader.judge.guest import Guest
from grader.judge.outcome import Outcome
from grader.judge.run import run_when_asked, warm_up
from grader.judge.snapshots import Snapshots
from grader.judge.sweeper import Sweeper
from grader.judge.task import Guests, Task
from grader.lesson import Lesson
from grader.serving import Limits, Request, Serve, serve_staged
from grader.wire.frames import Channel

_CPU_SECONDS = 600
_MEMORY = 8 << 30


class Announced:
    """Guests (`task.Guests`) that write the id of the check they are opened for to `line` first."""

    def __init__(self, guests: Guests, line: TextIO) -> None:
        self._guests, self._line = guests, line

    def opened(self, check: str, *, fresh: bool) -> AbstractContextManager[Guest]:
        with contextlib.suppress(OSError):  # nobody has to listen
            self._line.write(f"{check}\n")
            self._line.flush()  # with the line about the check before: one message wakes the driver once
        return self._guests.opened(check, fresh=fresh)

    def shared(self) -> bool:
        return self._guests.shared()

    def cpu(self) -> float | None:
        return self._guests.cpu()


def stage_of(request: bytes) -> tuple[str, bool, str]:
    """Requests of one lesson, with or without what is hidden, share the collected checks."""
    brief = msgspec.json.decode(request, type=Brief)
    return brief.folder, brief.hidden, brief.digest


def collected(first: bytes, serve: Serve) -> None:
    """Collects the checks of the lesson that `first` is about, and answers from there.

    A request to `collect` is answered by the checks, in order but not run, as JSON. One to `judge` by the
    verdict on the guest behind the first two descriptors (the waiting guest's, the keeper's). The id of each
    check is written to the third as it begins, a line each; as it ends, its id, a tab and its state, and once
    more if that changes.
    """
    brief = msgspec.json.decode(first, type=Brief)
    asked: list[Request] = []
    seen: list[Snapshots] = []
    try:
        with contextlib.ExitStack() as stack:
            lesson = Lesson.open(Path(brief.folder))

            def wait() -> Task | None:
                asked.append(serve())
                if asked[0].job == "collect":
                    return None
                task, snapshots = _task(asked[0], lesson, stack)
                seen.append(snapshots)
                return task

            verdict = run_when_asked(lesson, wait, hidden=brief.hidden)
            for snapshots in seen:
                verdict = replace(verdict, sights=snapshots.sights())
            reply = msgspec.json.encode(verdict)
    except BaseException as error:
        trouble = error

        def raising(payload: bytes, fds: list[int]) -> bytes:
            raise trouble

        (asked[0] if asked else serve()).answer(raising)
    asked[0].answer(lambda payload, fds: reply)


def _task(request: Request, lesson: Lesson, stack: contextlib.ExitStack) -> tuple[Task, Snapshots]:
    brief = msgspec.json.decode(request.payload, type=Brief)
    host = Channel(socket.socket(fileno=request.fds[0]))
    sweeper = Sweeper(socket.socket(fileno=request.fds[1]))
    snapshots = Snapshots(host, sweeper, brief.limits or lesson.limits, brief.keeper)
    opened = open(request.fds[2], "w", encoding="utf-8")  # noqa: SIM115
    line = stack.enter_context(opened)

    def heard(outcome: Outcome) -> None:
        with contextlib.suppress(OSError):  # nobody has to listen
            line.write(f"{outcome.id}\t{outcome.state}\n")

    guests = Announced(snapshots, line)
    return Task(guests, brief.key, brief.only, heard, brief.fail_fast), snapshots


def main() -> None:
    import numpy.random
    import torch

    torch.set_num_threads(1)
    numpy.random.Generator(numpy.random.Philox(key=0)).standard_normal(2)
    with tempfile.TemporaryDirectory(prefix="grader-judge-") as cache:
        # Rewritten checks are kept for this run only, never beside the lesson.
        sys.pycache_prefix = cache
        warm_up(Path(cache))
        limits = Limits(_CPU_SECONDS, _MEMORY)
        serve_staged(int(sys.argv[1]), stage_of, collected, limits, few="few" in sys.argv[2:])


if __name__ == "__main__":
    main()
