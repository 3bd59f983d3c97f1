"""Warm rooms of the trusted side: a process that has imported what a job needs, and forks per job.

Reading, judging and rendering what a student wrote each run in such a fork: limited in CPU and memory,
ended by its deadline, and gone with whatever it kept. A native crash costs one job, not the run.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import msgspec

from grader.errors import GraderBug
from grader.wire.frames import Channel, OutOfTime, PeerGone

_BOOT_SECONDS = 600.0
"""Imports take seconds, and minutes on a slow disk beside others; a process that dies is seen at once."""
LARGEST = 256 << 20
"""Bytes of a request or a reply."""


class JobFailed(GraderBug):
    """A job of ours ended without a reply: it crashed, ran out of its limits, or raised."""


class Ask(msgspec.Struct, frozen=True):
    """Which job a request is for."""

    job: str


class Told(msgspec.Struct, frozen=True):
    """Whether the job returned; else what it died of."""

    ok: bool
    trouble: str = ""


class Room:
    """The driver's end of one warm process. Thread-safe: several slots may have jobs in it at once."""

    def __init__(self, module: str, *arguments: str) -> None:
        """Starts `python -m module FD arguments`; `ready` waits for it."""
        ours, theirs = socket.socketpair()
        self._name = module
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", module, str(theirs.fileno()), *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=_environment(),
                start_new_session=True,
            )
        self._channel = Channel(ours, max_payload=LARGEST)
        self._lock = threading.Lock()
        self._ready = False

    def ready(self) -> None:
        """Waits until the process has imported everything. Raises `GraderBug` where it does not come up."""
        with self._lock:
            if self._ready:
                return
            try:
                self._channel.receive(deadline=time.monotonic() + _BOOT_SECONDS)
            except (PeerGone, OutOfTime) as error:
                raise GraderBug(
                    f"{self._name} did not start (exit status {self._process.poll()})."
                ) from error
            self._ready = True

    def ask(self, job: str, request: bytes, *, seconds: float, fds: Sequence[int] = ()) -> bytes:
        """The reply of one job, run in a fork. `seconds` of wall clock, then the fork is killed.

        Raises `JobFailed` with what the fork said last.
        """
        self.ready()
        deadline = time.monotonic() + seconds
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                header = msgspec.json.encode(Ask(job))
                self._channel.send(header, request, deadline=deadline, fds=[theirs.fileno(), *fds])
                _, _, handles = self._channel.receive_with_fds(deadline=deadline, most=1)
            pidfd = handles[0]
            channel = Channel(ours, pidfd=pidfd, max_payload=LARGEST)
            try:
                told_bytes, reply = channel.receive(deadline=deadline)
            except OutOfTime as error:
                raise JobFailed(f"The {job} job took longer than {seconds:g} s and was ended.") from error
            except PeerGone as error:
                raise JobFailed(f"The {job} job ended without a reply (a crash, or its limits).") from error
            finally:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
                os.close(pidfd)
        told = msgspec.json.decode(told_bytes, type=Told)
        if not told.ok:
            raise JobFailed(told.trouble)
        return reply

    def close(self) -> None:
        """Ends the process. Idempotent."""
        self._channel.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR", "SYSTEMROOT") if key in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return (
        kept
        | threads
        | {"LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "CUDA_VISIBLE_DEVICES": "", "PYTHONUTF8": "1"}
    )
