"""The loop of a warm process (`warm.Room` is its other end): a fork for each request.

Where jobs share something that takes time to get ready, a *stage* gets it ready once: a fork of the warm
process that then serves in its turn. Requests of one stage are handed on to it with their descriptors.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import NoReturn

import msgspec

from grader.warm import LARGEST, Ask, Told
from grader.wire.frames import Channel, OutOfTime, PeerGone
from grader.wire.memory import settle

Job = Callable[[bytes, list[int]], bytes]
"""Takes the request's bytes and the descriptors handed over; returns the reply's bytes."""

_READY_SECONDS = 100.0
_MOST_STAGES = 4
_MOST_FDS = 8


@dataclass(frozen=True)
class Limits:
    """Of one job: seconds of CPU, bytes of address space."""

    cpu_seconds: int
    memory: int


@dataclass(frozen=True)
class Request:
    """What a fork has to answer: by `answer`, which does not return."""

    job: str
    payload: bytes
    fds: list[int]
    _line: Channel

    def answer(self, job: Job) -> NoReturn:
        try:
            try:
                reply, told = job(self.payload, self.fds), Told(True)
            except BaseException:
                reply, told = b"", Told(False, traceback.format_exc()[-4000:])
            self._line.send(msgspec.json.encode(told), reply, deadline=None)
        finally:
            os._exit(0)


Serve = Callable[[], Request]
"""Returns in forks only, one for each request; the process that calls it goes on until nobody asks."""


def serve(fd: int, jobs: Mapping[str, Job], limits: Limits) -> NoReturn:
    """The warm process's loop, after its imports: one fork per request until the driver goes."""
    channel = _opened(fd)
    if (request := _forked(channel, limits)) is not None:
        request.answer(jobs[request.job])
    sys.exit(0)


def serve_staged(
    fd: int,
    stage_of: Callable[[bytes], Hashable],
    get_ready: Callable[[bytes, Serve], None],
    limits: Limits,
    *,
    few: bool = False,
) -> NoReturn:
    """As `serve`; but the first request of each stage makes a fork that runs `get_ready` with it.

    get_ready: gets ready what the requests of this stage share, calls the `Serve` it is given, and answers
    the request that this returns with. It may also answer that nothing could be made ready.
    few: no more than some dozens of requests come
    """
    channel = _opened(fd, few=few)
    stages: dict[Hashable, _Stage] = {}
    while (came := _received(channel)) is not None:
        header, payload, fds = came
        which = stage_of(payload)
        stage = stages.pop(which, None)
        if stage is None:
            held = [channel.fileno(), *fds, *(other.line.fileno() for other in stages.values())]
            stage = _Stage(get_ready, payload, limits, held)
        pidfd = stage.hand_on(header, payload, fds)
        if pidfd is None:
            stage.close()
            pidfd = _stillborn(fds)
        else:
            stages[which] = stage
        while len(stages) > _MOST_STAGES:
            stages.pop(next(iter(stages))).close()
        channel.send(b"{}", deadline=None, fds=[pidfd])
        for number in (pidfd, *fds):
            os.close(number)
    for stage in stages.values():
        stage.close()
    _reap(wait=True)
    sys.exit(0)


class _Stage:
    """A fork that serves the requests of one kind; it begins with closing `held`, which is not its own.

    A request's descriptors would else stay open for as long as the stage lives, and their readers wait.
    """

    def __init__(
        self, get_ready: Callable[[bytes, Serve], None], first: bytes, limits: Limits, held: list[int]
    ) -> None:
        ours, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                ours.close()
                for number in held:
                    os.close(number)
                self.line = Channel(theirs, max_payload=LARGEST)
                get_ready(first, self._serve(limits))
            os._exit(1)
        theirs.close()
        self._pidfd = os.pidfd_open(child)
        self.line = Channel(ours, pidfd=self._pidfd, max_payload=LARGEST)
        self._ready = False

    def hand_on(self, header: bytes, payload: bytes, fds: list[int]) -> int | None:
        """The pidfd of the fork that has the request now; None where there will be none."""
        deadline = time.monotonic() + _READY_SECONDS
        try:
            if not self._ready:
                self.line.receive(deadline=deadline)
                self._ready = True
            self.line.send(header, payload, deadline=deadline, fds=fds)
            _, _, handles = self.line.receive_with_fds(deadline=deadline, most=1)
        except (PeerGone, OutOfTime):
            return None
        return handles[0]

    def close(self) -> None:
        self.line.close()
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        os.close(self._pidfd)

    def _serve(self, limits: Limits) -> Serve:
        def served() -> Request:
            gc.freeze()
            self.line.send(b"{}", deadline=None)
            request = _forked(self.line, limits)
            if request is None:
                os._exit(0)
            return request

        return served


def _opened(fd: int, *, few: bool = False) -> Channel:
    settle(few=few)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = Channel(socket.socket(fileno=fd), max_payload=LARGEST)
    with contextlib.suppress(PeerGone):  # the driver may have gone meanwhile, which the loop finds out
        channel.send(b"{}", deadline=None)
    return channel


def _received(channel: Channel) -> tuple[bytes, bytes, list[int]] | None:
    try:
        return channel.receive_with_fds(deadline=None, most=_MOST_FDS)
    except PeerGone:
        return None
    finally:
        _reap()


def _forked(channel: Channel, limits: Limits) -> Request | None:
    """Returns in a fork for each request; in the process itself when nobody asks any more, with None."""
    while (came := _received(channel)) is not None:
        header, payload, fds = came
        child = os.fork()
        if child == 0:
            return _begun(channel, header, payload, fds, limits)
        with contextlib.ExitStack() as stack:
            pidfd = os.pidfd_open(child)
            for number in (pidfd, *fds):
                stack.callback(os.close, number)
            channel.send(b"{}", deadline=None, fds=[pidfd])
    _reap(wait=True)
    return None


def _begun(channel: Channel, header: bytes, payload: bytes, fds: list[int], limits: Limits) -> Request:
    try:
        channel.close()
        # A job is over before garbage could matter, and a collection would copy every page of the parent.
        gc.disable()
        line = Channel(socket.socket(fileno=fds[0]), max_payload=LARGEST)
        resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        return Request(msgspec.json.decode(header, type=Ask).job, payload, fds[1:], line)
    except BaseException:
        os._exit(1)


def _stillborn(fds: list[int]) -> int:
    """The pidfd of a fork that says that there was nothing to work with, and ends."""
    child = os.fork()
    if child == 0:
        line = Channel(socket.socket(fileno=fds[0]), max_payload=LARGEST)
        told = Told(False, "What the job needs could not be made ready: it took too long or died.")
        with contextlib.suppress(BaseException):
            line.send(msgspec.json.encode(told), deadline=None)
        os._exit(0)
    return os.pidfd_open(child)


def _reap(*, wait: bool = False) -> None:
    """Collects forks that have ended, so that what they used counts as used by this process."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, 0 if wait else os.WNOHANG)[0]:
            pass
