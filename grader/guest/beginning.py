"""A beginning: a fork of the zygote that has run the starter's first cells, and makes rooms from there.

It knows the starter, which is the author's, and nothing of a submission. One process tries, and where all
goes well rooms are made of it; one above it stays as it was and tries again with fewer cells where a cell
fails, or leaves behind what a fork would not have.
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import signal
import socket
import time
from dataclasses import replace
from typing import Any, NoReturn

from grader.guest import residue, rooms, session
from grader.guest.reporter import Recorder
from grader.guest.residue import Residue
from grader.guest.shareable import shareable
from grader.guest.shell import Begun, Shell, take_streams
from grader.wire import beginning as wire
from grader.wire.cells import Code, Start

_WORTH = 0.004
"""Seconds of CPU that a stage has to spare each submission: its forks are some milliseconds dearer."""
_MOST_STAGES = 4
_MOST_TRIES = 3
_MOST_CPU = 20
_MOST_WALL = 120.0
_NO_TIME = 1.0
"""Seconds within which our timer is not one that the cell has set."""
_FINE = b"."


def run(news: int, plan: int) -> NoReturn:
    """Tries the cells of the `Plan` in the file `plan`; each stage is told of over the socket `news`."""
    with contextlib.suppress(BaseException), open(plan, "rb", closefd=False) as file:
        file.seek(0)
        _try_all(wire.decode_plan(file.read()), news)
    os._exit(0)


def _try_all(plan: wire.Plan, news: int) -> None:
    count = _leading(plan)
    for _ in range(_MOST_TRIES):
        if count == 0:
            return
        residue.clear(plan.home, plan.temporary)
        hear, say = os.pipe()
        if os.fork() == 0:
            with contextlib.suppress(BaseException):
                os.close(hear)
                _Attempt(plan, news, say).run(count)
            os._exit(1)
        os.close(say)
        with open(hear, "rb") as told:
            fine = len(told.read())
        if fine == count:
            return
        count = fine


def _leading(plan: wire.Plan) -> int:
    transformed: Any = Shell.instance().transform_cell
    count = 0
    for code in plan.cells:
        if not shareable(code.source, transformed):
            break
        count += 1
    return count


class _Attempt:
    """A process that runs cells. Where those since the last stage are worth one, it becomes that stage, and a
    fork of it goes on.

    say: a byte for each cell that went well; closed when no more are to come
    """

    def __init__(self, plan: wire.Plan, news: int, say: int) -> None:
        self._plan = plan
        self._news = socket.socket(fileno=news)
        self._say = say
        self._recorder = Recorder()
        self._shell = Shell.instance()
        self._limits = resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_AS)

    def run(self, count: int) -> None:
        """Runs the first `count` cells; does not return where rooms are to be made after them."""
        plan, shell = self._plan, self._shell
        self._be_like_a_guest()
        before = self._seen()
        begin = time.process_time()
        session.prepare(shell, self._recorder, Start(plan.seed, plan.output, plan.data))
        total, since, stages = 0.0, 0.0, 1
        for code in plan.cells[:count]:
            fine = self._in_time(code)
            spent = time.process_time() - begin
            if not (fine and self._left_nothing(before)):
                return
            os.write(self._say, _FINE)
            begin = time.process_time()
            total, since = total + spent, since + spent
            if code.number == count:
                if total >= _WORTH:
                    self._serve(count)
            elif since >= _WORTH and stages < _MOST_STAGES:
                state = random.getstate()
                if os.fork():
                    self._serve(code.number)
                # The fork goes on: it has no children, and a clock of its own.
                random.setstate(state)
                begin, since, stages = 0.0, 0.0, stages + 1
        os._exit(0)

    def _in_time(self, code: Code) -> bool:
        """Runs a cell; whether it went well. A signal ends the process where it takes too long."""
        begin = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, _MOST_WALL)
        fine = session.play(self._shell, code, self._shell.run_cell)
        left, _ = signal.setitimer(signal.ITIMER_REAL, 0.0)
        return fine and abs(left + time.monotonic() - begin - _MOST_WALL) < _NO_TIME

    def _seen(self) -> Residue:
        return Residue.seen(self._plan.home, self._plan.temporary)

    def _left_nothing(self, before: Residue) -> bool:
        """Whether a fork has all that this process has. It may be one itself, afterwards."""
        seen = self._seen()
        if seen == before:
            return True
        if replace(seen, descriptors=before.descriptors) != before:
            return False
        state = random.getstate()
        if os.fork():
            os._exit(0)
        random.setstate(state)
        return self._seen() == before  # fonts are closed as soon as there is a fork, and opened again there

    def _be_like_a_guest(self) -> None:
        plan = self._plan
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        nothing = os.open("/dev/null", os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        for target, name in ((1, "stdout"), (2, "stderr")):
            kept = os.memfd_create(name)
            os.dup2(kept, target)
            os.close(kept)
        os.environ["HOME"], os.environ["TMPDIR"] = plan.home, plan.temporary
        os.umask(0o022)
        size, _ = rooms.sizes()
        for limit, most in (
            (resource.RLIMIT_CPU, _MOST_CPU),
            (resource.RLIMIT_AS, size + plan.memory),
            (resource.RLIMIT_FSIZE, plan.disk),
            (resource.RLIMIT_CORE, 0),
        ):
            _, hard = resource.getrlimit(limit)
            resource.setrlimit(limit, (most if hard < 0 else min(most, hard), hard))
        session.furnish(plan.data)
        take_streams(self._shell)

    def _serve(self, cells: int) -> NoReturn:
        """Makes rooms of this process; guests tell the driver what was told here."""
        os.close(self._say)
        self._shell.begun = Begun(cells, tuple(self._recorder.events), random.getstate())
        self._shell.reporter.channel = None
        for limit, before in zip((resource.RLIMIT_CPU, resource.RLIMIT_AS), self._limits, strict=True):
            resource.setrlimit(limit, before)
        os.chdir("/")
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        stage = wire.Stage(cells, *rooms.sizes())
        socket.send_fds(self._news, [wire.encode(stage)], [theirs.fileno()])
        theirs.close()
        self._news.close()
        rooms.serve(control)
