"""The judge's warm process: pytest, torch and the probes imported; a fresh fork judges each submission."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TextIO

import msgspec
import pytest
from msgspec.structs import replace

from grader import warm
from grader.judge.brief import Brief
from grader.judge.guest import Guest
from grader.judge.outcome import Outcome
from grader.judge.plugin import Guests
from grader.judge.run import collect_checks, options, run_checks
from grader.judge.snapshots import Snapshots
from grader.judge.sweeper import Sweeper
from grader.lesson import Lesson
from grader.wire.frames import Channel

_CPU_SECONDS = 600
_MEMORY = 8 << 30


class Announced:
    """Guests (`plugin.Guests`) that write the id of the check they are opened for to `line` first."""

    def __init__(self, guests: Guests, line: TextIO) -> None:
        self._guests, self._line = guests, line

    def opened(self, check: str, *, fresh: bool) -> AbstractContextManager[Guest]:
        with contextlib.suppress(OSError):  # nobody has to listen
            self._line.write(f"{check}\n")
        return self._guests.opened(check, fresh=fresh)

    def shared(self) -> bool:
        return self._guests.shared()


def collect(request: bytes, fds: list[int]) -> bytes:
    """The checks of a lesson, collected and put in order but not run, as JSON."""
    brief = msgspec.json.decode(request, type=Brief)
    return msgspec.json.encode(collect_checks(Lesson.open(Path(brief.folder)), hidden=brief.hidden))


def judge(request: bytes, fds: list[int]) -> bytes:
    """The verdict on the guest behind the first two descriptors (the waiting guest's, the keeper's), as JSON.

    The id of each check is written to the third as it begins, a line each; as it ends, its id, a tab and
    its state, and once more if that changes.
    """
    brief = msgspec.json.decode(request, type=Brief)
    lesson = Lesson.open(Path(brief.folder))
    host = Channel(socket.socket(fileno=fds[0]))
    sweeper = Sweeper(socket.socket(fileno=fds[1]))
    snapshots = Snapshots(host, sweeper, lesson.limits, brief.keeper)
    with open(fds[2], "w", buffering=1, encoding="utf-8") as line:
        guests = Announced(snapshots, line)

        def heard(outcome: Outcome) -> None:
            with contextlib.suppress(OSError):
                line.write(f"{outcome.id}\t{outcome.state}\n")

        verdict = run_checks(lesson, guests, brief.key, hidden=brief.hidden, only=brief.only, heard=heard)
    return msgspec.json.encode(replace(verdict, sights=snapshots.sights()))


def main() -> None:
    import numpy.random
    import torch

    torch.set_num_threads(1)
    numpy.random.Generator(numpy.random.Philox(key=0)).standard_normal(2)
    with tempfile.TemporaryDirectory(prefix="grader-judge-") as cache:
        # Rewritten checks are kept for this run only, never beside the lesson.
        sys.pycache_prefix = cache
        _warm_up(Path(cache))
        warm.serve(
            int(sys.argv[1]), {"collect": collect, "judge": judge}, cpu_seconds=_CPU_SECONDS, memory=_MEMORY
        )


def _warm_up(folder: Path) -> None:
    """One run of pytest over nothing, so that no fork has to import what pytest imports late."""
    # Plugins that happen to be installed beside the grader have no part in judging, not even here.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    nothing = folder / "nothing"
    nothing.mkdir()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main([str(nothing), *options(nothing)])


if __name__ == "__main__":
    main()
