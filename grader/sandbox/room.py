"""One submission's room, as the trusted side holds it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.errors import SandboxError
from grader.sandbox import processes
from grader.sandbox.groups import Group
from grader.sandbox.handles import kill, readable
from grader.sandbox.meter import Meter
from grader.sandbox.usage import Ending, Usage, Verdict

_END_SECONDS = 120.0
_SWEEP_SECONDS = 120.0
_LOOK_SECONDS = 60.0
_PASSES = 400
_PACKET = 1 << 16


class Room:
    """A running room. `open` of a House makes it; close it, or use it as a context manager.

    guest: our end of the socket to the guest process (a stream)
    keeper: our end of the socket to the keeper (packets of JSON, see `grader.guest.keeper`)
    pidfd: of the keeper; readable when the whole room is gone (level none and landlock: the keeper)
    pid: of the keeper, on this machine
    walls: names of the walls that stood before any student code could run
    student: pidfd of the guest process, which the room closes
    begun: how many of the notebook's code cells have run already, and are only told of
    """

    def __init__(
        self,
        *,
        guest: socket.socket,
        keeper: socket.socket,
        pidfd: int,
        walls: list[str],
        meter: Meter,
        own_namespace: bool,
        user: int | None,
        folder: Path | None,
        group: Group | None,
        student: int,
        forget: Callable[[Room], None],
        begun: int = 0,
    ) -> None:
        self.guest = guest
        self.keeper = keeper
        self.pidfd = pidfd
        self.pid = meter.pid
        self.walls = walls
        self.begun = begun
        self._meter = meter
        self._own_namespace = own_namespace
        self._user = user
        self._folder = folder
        self._group = group
        self._student = student
        self._settled = False
        self._forget = forget
        self._lock = threading.Lock()
        self._closed = False
        self._verdict: Verdict = None
        self._heard: list[dict[str, Any]] = []

    def go(self) -> None:
        """Lets the guest begin: until now it has read nothing."""
        with contextlib.suppress(OSError):
            self.guest.sendall(b"g")

    def interrupt(self) -> None:
        """Raises KeyboardInterrupt in the guest process, where that listens."""
        self._tell("interrupt")

    def sweep(self) -> bool:
        """Ends every process of the room but the waiting guest; False where the room has ended instead."""
        self._tell("sweep")
        return "swept" in self._hear("swept", _SWEEP_SECONDS)

    def look(self) -> dict[str, Any]:
        """What lies in the room, told by its keeper (`grader.guest.leavings`); empty where it has ended."""
        self._tell("look")
        return self._hear("planted", _LOOK_SECONDS)

    def ending(self, seconds: float = 0.0) -> Ending | None:
        """How the guest process ended, waited for so long; None while it lives (or where another asked)."""
        heard = self._hear("guest", seconds)
        return Ending(heard["guest"], heard["code"]) if heard else None

    def settle(self) -> None:
        """The cells have run: a later process that the kernel ends for its memory is its own loss.

        Until now every such death ended the room; from now on only that of the waiting guest does.
        """
        self._settled = True

    def usage(self, *, surely: bool = False) -> Usage:
        """What the room has used so far, or had when it ended. `surely`: at any price, as the meter says."""
        with self._lock:
            return replace(self._look(surely), verdict=self._verdict)

    def kill(self, verdict: Verdict = None) -> None:
        """Kills everything in the room at once. The first verdict stays."""
        with self._lock:
            if not self._closed:
                self._verdict = self._verdict or verdict
                self._end()

    def close(self) -> None:
        """Kills everything in the room and returns when it is gone. Idempotent.

        Raises SandboxError where it will not go.
        """
        with self._lock:
            if self._closed:
                return
            self._look()
            self._closed = True
            self._end()
        self._forget(self)
        gone = readable(self.pidfd, _END_SECONDS)
        if self._user is not None and not self._own_namespace:
            gone = self._kill_user(self._user) and gone
        for end in (self.guest, self.keeper, self._meter):
            end.close()
        os.close(self.pidfd)
        os.close(self._student)
        if self._group is not None:
            self._group.remove()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if not gone:
            raise SandboxError(
                f"The processes of a room (below process {self.pid}) did not end in {_END_SECONDS:g} s. "
                f"Look what they wait for (ps -o pid,stat,wchan) and end them by hand."
            )

    def check(self) -> None:
        """Measures the room and kills it where it uses more than its limits. For the watchdog."""
        with self._lock:
            if not self._closed and self._verdict is None:
                self._look()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _look(self, surely: bool = False) -> Usage:
        """Measures, and ends a room that is above a limit. For holders of the lock."""
        usage = self._measure(surely)
        if not self._closed and self._verdict is None:
            waits = self._settled and not readable(self._student, 0)
            self._verdict = self._meter.exceeded(forgiving=waits)
            if self._verdict is not None:
                self._end()
        return usage

    def _measure(self, surely: bool) -> Usage:
        # Once the keeper is gone its id may be another's.
        gone = self._closed or readable(self.pidfd, 0)
        return self._meter.usage() if gone else self._meter.measure(surely=surely)

    def _end(self) -> None:
        if readable(self.pidfd, 0):
            return
        if not self._own_namespace:
            # The keeper lives until they are gone: it adopts orphans, so none can leave the tree.
            for _ in range(_PASSES):
                if not [pid for pid in self._kin() if kill(pid, self._belongs)]:
                    break
                time.sleep(0.002)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def _kin(self) -> set[int]:
        """Every process of the room but the keeper; a group also holds what has left the tree."""
        return {*processes.tree(self.pid)[1:], *(self._group.members() if self._group else ())} - {self.pid}

    def _belongs(self, pid: int) -> bool:
        return processes.descends(pid, self.pid) or (self._group is not None and pid in self._group.members())

    def _kill_user(self, user: int) -> bool:
        """Kills what is left of the room's own user; whether nothing is."""
        for _ in range(_PASSES):
            if not [pid for pid in processes.owned_by(user) if kill(pid, lambda p: processes.owned(p, user))]:
                return True
            time.sleep(0.002)
        return False

    def _tell(self, op: str) -> None:
        with contextlib.suppress(OSError):
            self.keeper.send(json.dumps({"op": op}).encode())

    def _hear(self, key: str, seconds: float) -> dict[str, Any]:
        """The first packet with `key`, waited for so long; empty where none comes."""
        deadline = time.monotonic() + seconds
        while True:
            for packet in self._heard:
                if key in packet:
                    if key != "guest":  # that one is told once, and may be asked for again
                        self._heard.remove(packet)
                    return packet
            if not readable(self.keeper, max(0.0, deadline - time.monotonic())):
                return {}
            try:
                content = self.keeper.recv(_PACKET, socket.MSG_DONTWAIT)
            except BlockingIOError:
                continue  # another holder of this socket, the judge, was first
            except OSError:
                return {}
            if not content:
                return {}
            try:
                self._heard.append(json.loads(content))
            except ValueError:
                return {}  # names of a student's are in some: what cannot be read tells nothing
