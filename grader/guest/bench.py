"""The judge of a live notebook as the notebook holds it: a process of its own, kept warm between calls."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from functools import cache

from grader.wire import live
from grader.wire.frames import Malformed, OutOfTime, WireError
from grader.wire.pipes import Frame, TimedLine, environment

_BOOT_SECONDS = 180.0
_FORKS = sys.platform == "linux" and hasattr(os, "fork")


class Bench:
    """The judge's process. It is started when it is first needed, and again once it has gone."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._line: TimedLine | None = None
        self._handles: socket.socket | None = None
        self._again = True
        self._greeted = False

    def start(self) -> None:
        """Starts the process where none is there; does not wait for it."""
        if self._process is not None and self._process.poll() is None:
            return
        self.drop()
        ours, theirs = socket.socketpair() if _FORKS else (None, None)
        more = [str(theirs.fileno())] if theirs is not None else []
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", "-m", "grader.live.judge", *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()] if theirs is not None else (),
            env=environment(),
            start_new_session=_FORKS,
        )
        if theirs is not None:
            theirs.close()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._handles, self._greeted = ours, False
        self._line = TimedLine(self._process.stdout, self._process.stdin)

    def hand_over(self, job: live.Job, host: socket.socket | None) -> None:
        """Gives the judge its job, and the host's socket where there is a host. Raises `WireError`."""
        if not self._again:
            self.drop()
        self.start()
        assert self._line is not None
        if not self._greeted:
            header, _ = self._line.receive(deadline=time.monotonic() + _BOOT_SECONDS)
            hello = live.decode(header)
            if not isinstance(hello, live.Ready):
                raise Malformed("no greeting")
            self._greeted, self._again = True, hello.again
        if host is not None and self._handles is not None:
            socket.send_fds(self._handles, [b"h"], [host.fileno()])
        self._line.send(live.encode(job))

    def say(self, header: bytes, payload: bytes) -> None:
        assert self._line is not None
        self._line.send(header, payload)

    def hear(self) -> Frame:
        """What the judge says next. Raises `WireError` where it has gone."""
        assert self._line is not None
        while True:
            try:
                return self._line.receive(deadline=time.monotonic() + 1.0)
            except OutOfTime:
                continue

    def over(self) -> None:
        """The job is done: a judge that takes one only is followed by the next, which starts meanwhile."""
        if not self._again:
            self.drop()
            self._again = True
            self.start()

    def drop(self) -> None:
        """Ends the process, with what it may be doing."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            if _FORKS:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        if self._handles is not None:
            self._handles.close()
        with contextlib.suppress(WireError, subprocess.TimeoutExpired):
            process.wait(timeout=5)
        # The reading thread still holds its end; it ends with the pipe.
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()


@cache
def bench() -> Bench:
    """The judge of this process; ended with it."""
    made = Bench()
    atexit.register(made.drop)
    return made
