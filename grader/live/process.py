"""The process of a notebook that runs by itself, as its driver holds it: started, watched, ended."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from pathlib import Path

from grader.errors import SandboxError
from grader.sandbox.usage import Ending, Usage
from grader.wire import live
from grader.wire.frames import WireError
from grader.wire.pipes import TimedLine, environment

_BOOT_SECONDS = 180.0
_WALL_TO_CPU = 3.0
"""The CPU of another process cannot be asked for everywhere: so many seconds of wall clock count as one."""
_LARGEST = 64 << 20
_ALONE = {"OMP_THREAD_LIMIT": "1", "PYTHONHASHSEED": "0", "MPLBACKEND": "Agg"}


class Process:
    """A fresh guest without walls. It has the methods of a room that a run of cells asks for."""

    def __init__(self, folder: Path) -> None:
        """Starts it in `folder`; `ready` waits for it."""
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", "-m", "grader.guest.alone"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment() | _ALONE,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.line = TimedLine(self._process.stdout, self._process.stdin, max_payload=_LARGEST)
        self.begin = time.monotonic()

    def ready(self) -> None:
        """Waits until it has imported everything. Raises `SandboxError` where it does not come up."""
        try:
            header, _ = self.line.receive(deadline=time.monotonic() + _BOOT_SECONDS)
            if isinstance(live.decode(header), live.Ready):
                return
        except WireError:
            self.close()
        raise SandboxError(
            f"The process for the notebook did not start (exit status {self._process.poll()}). "
            "Is the grader installed in this Python? Try: python -m pip install --force-reinstall"
        )

    def go(self) -> None:
        """It begins as soon as it has its cells."""

    def interrupt(self) -> None:
        """No system-independent way to interrupt it: it is ended a moment later."""

    def usage(self, *, surely: bool = False) -> Usage:
        return Usage((time.monotonic() - self.begin) / _WALL_TO_CPU, 0)

    def ending(self, seconds: float = 0.0) -> Ending | None:
        """How it ended; None while it lives."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=seconds)
        code = self._process.poll()
        if code is None:
            return None
        return Ending("exited", code) if code >= 0 else Ending("signal", -code)

    def close(self) -> None:
        """Ends it. Idempotent."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
