"""Warm rooms of the trusted side: a process that has imported what a job needs, and forks per job.

Reading, judging and rendering what a student wrote each run in such a fork: limited in CPU and memory,
ended by its deadline, and gone with whatever it kept. A native crash costs one job, not the run.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import NoReturn, Self

import msgspec

from grader.errors import GraderBug
from grader.wire.frames import Channel, OutOfTime, PeerGone
from grader.wire.memory import settle

Job = Callable[[bytes, list[int]], bytes]
"""Takes the request's bytes and the descriptors handed over; returns the reply's bytes."""

_BOOT_SECONDS = 120.0
_MAX = 256 << 20


class JobFailed(GraderBug):
    """A job of ours ended without a reply: it crashed, ran out of its limits, or raised."""


class _Ask(msgspec.Struct, frozen=True):
    job: str


class _Told(msgspec.Struct, frozen=True):
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
        self._channel = Channel(ours, max_payload=_MAX)
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
                header = msgspec.json.encode(_Ask(job))
                self._channel.send(header, request, deadline=deadline, fds=[theirs.fileno(), *fds])
                _, _, handles = self._channel.receive_with_fds(deadline=deadline, most=1)
            pidfd = handles[0]
            channel = Channel(ours, pidfd=pidfd, max_payload=_MAX)
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
        told = msgspec.json.decode(told_bytes, type=_Told)
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


def serve(fd: int, jobs: Mapping[str, Job], *, cpu_seconds: int, memory: int) -> NoReturn:
    """The warm process's loop, after its imports: one fork per request until the driver goes."""
    settle()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = Channel(socket.socket(fileno=fd), max_payload=_MAX)
    with contextlib.suppress(PeerGone):  # the driver may have gone meanwhile, which the loop finds out
        channel.send(b"{}", deadline=None)
    while True:
        try:
            header, payload, fds = channel.receive_with_fds(deadline=None, most=4)
        except PeerGone:
            _reap(wait=True)
            sys.exit(0)
        _reap()
        ask = msgspec.json.decode(header, type=_Ask)
        child = os.fork()
        if child == 0:
            channel.close()
            _work(jobs[ask.job], payload, fds, cpu_seconds, memory)
        with contextlib.ExitStack() as stack:
            pidfd = os.pidfd_open(child)
            for number in (pidfd, *fds):
                stack.callback(os.close, number)
            channel.send(b"{}", deadline=None, fds=[pidfd])


def _reap(*, wait: bool = False) -> None:
    """Collects forks that have ended, so that what they used counts as used by this process."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, 0 if wait else os.WNOHANG)[0]:
            pass


def _work(job: Job, payload: bytes, fds: list[int], cpu_seconds: int, memory: int) -> NoReturn:
    try:
        # A job is over before garbage could matter, and a collection would copy every page of the parent.
        gc.disable()
        channel = Channel(socket.socket(fileno=fds[0]), max_payload=_MAX)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        try:
            reply, told = job(payload, fds[1:]), _Told(True)
        except BaseException:
            reply, told = b"", _Told(False, traceback.format_exc()[-4000:])
        channel.send(msgspec.json.encode(told), reply, deadline=None)
    finally:
        os._exit(0)


def _environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR", "SYSTEMROOT") if key in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return (
        kept
        | threads
        | {"LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "CUDA_VISIBLE_DEVICES": "", "PYTHONUTF8": "1"}
    )
