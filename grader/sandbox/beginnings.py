"""What has run already of a lesson's starter: the trusted end of `grader.guest.beginning`."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from grader.errors import SandboxError
from grader.sandbox.limits import Limits
from grader.sandbox.maker import Maker
from grader.sandbox.zygote import Zygote
from grader.wire.beginning import Plan, decode_stage
from grader.wire.beginning import Stage as Told
from grader.wire.cells import Code
from grader.wire.frames import Malformed
from grader.wire.room import ADDRESS_SPACE


def planned(cells: Sequence[str], seed: int, data: str | None, limits: Limits, folder: Path | None) -> Plan:
    """The plan to run `cells`; in `folder`, which is this beginning's alone, where there are no mounts."""
    home, temporary = "/home/student", "/tmp"
    if folder is not None:
        home, temporary = str(folder / "home"), str(folder / "tmp")
        for place in (home, temporary):
            os.mkdir(place, 0o700)
    code = [Code(number, source) for number, source in enumerate(cells, start=1)]
    memory = ADDRESS_SPACE * limits.memory
    return Plan(code, seed, limits.output, data, home, temporary, memory, limits.disk)


class Stage(Maker):
    """A process in which the first cells of the starter have run."""

    def __init__(self, control: socket.socket, told: Told) -> None:
        super().__init__(control)
        self._told = told
        self.begun = told.cells

    def ready(self) -> tuple[int, int]:
        return self._told.size, self._told.resident


class Beginnings:
    """The stages of one starter, as far as they are ready: nobody waits for one. Thread-safe.

    Raises SandboxError where the zygote is gone.
    """

    def __init__(self, zygote: Zygote, plan: Plan) -> None:
        self._cells = [code.source for code in plan.cells]
        self._lock = threading.Lock()
        self._stages: dict[int, Stage] = {}
        self._dropped: list[Stage] = []
        self._over = False
        self._news, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                zygote.begin(plan, theirs)
        except SandboxError:
            self._news.close()
            raise

    def fitting(self, cells: Sequence[str]) -> Stage | None:
        """The stage that spares most to a notebook with these code cells; None where none is ready."""
        with self._lock:
            while not self._over and self._hear(0.0):
                pass
            equal = 0
            for theirs, own in zip(cells, self._cells, strict=False):
                if theirs != own:
                    break
                equal += 1
            fit = max((count for count in self._stages if count <= equal), default=None)
            return None if fit is None else self._stages[fit]

    def settled(self, seconds: float) -> list[int]:
        """How many cells each stage has run, once no more are to come; waits so long for that at most."""
        deadline = time.monotonic() + seconds
        with self._lock:
            while not self._over and self._hear(max(0.0, deadline - time.monotonic())):
                pass
            return sorted(self._stages)

    def drop(self, stage: Stage) -> None:
        """Uses the stage no more. Rooms that it made live on."""
        with self._lock:
            if self._stages.get(stage.begun) is stage:
                self._dropped.append(self._stages.pop(stage.begun))

    def close(self) -> None:
        """Ends them all, and the rooms that they made. Idempotent."""
        with self._lock:
            self._over = True
            self._news.close()
            for stage in (*self._stages.values(), *self._dropped):
                stage.close()
            self._stages = {}

    def _hear(self, seconds: float) -> bool:
        """Waits for news; False where there are none."""
        poll = select.poll()
        poll.register(self._news, select.POLLIN)
        if not poll.poll(int(seconds * 1000)):
            return False
        packet, handles = b"", list[int]()
        with contextlib.suppress(OSError):
            packet, handles, _, _ = socket.recv_fds(self._news, 4096, 1, socket.MSG_CMSG_CLOEXEC)
        controls = [socket.socket(fileno=handle) for handle in handles]
        try:
            told = decode_stage(packet)
        except Malformed:
            told = None
        if told is None or not controls or told.cells in self._stages:
            for control in controls:
                control.close()
            self._over = not packet
        else:
            self._stages[told.cells] = Stage(controls[0], told)
        return not self._over
