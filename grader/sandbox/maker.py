"""The trusted end of a process that makes rooms by forking itself: of the zygote, or of a beginning."""

from __future__ import annotations

import json
import select
import socket
import threading
from typing import Any

from grader.errors import SandboxError
from grader.wire.room import Order

_FORK_SECONDS = 120.0
_WALLS_SECONDS = 120.0


class Maker:
    """A process at the other end of `control` (packets). Thread-safe.

    begun: how many cells of the lesson's starter have run in it
    """

    begun = 0

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._lock = threading.Lock()

    def ready(self) -> tuple[int, int]:
        """Bytes of address space and of resident memory that every fork starts with."""
        raise NotImplementedError

    def fork(self, order: Order, guest: socket.socket, keeper: socket.socket) -> int:
        """Forks the keeper of a new room and hands it the two sockets; returns its pidfd.

        Raises SandboxError where the kernel refuses, or the process is gone.
        """
        told, handles = self._asked(order.encode(), guest.fileno(), keeper.fileno())
        if "error" in told:
            raise SandboxError(f"No room could be made for a submission: {told['error']}. See grader doctor.")
        return handles[0]

    def close(self) -> None:
        """Ends the process, and with it every room that it made. Idempotent."""
        self._control.close()

    def _asked(self, packet: bytes, *descriptors: int) -> tuple[dict[str, Any], list[int]]:
        with self._lock:
            try:
                socket.send_fds(self._control, [packet], descriptors)
            except OSError as error:
                raise self._gone() from error
            return self._receive(_FORK_SECONDS)

    def _receive(self, seconds: float) -> tuple[dict[str, Any], list[int]]:
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        if not poll.poll(int(seconds * 1000)):
            raise SandboxError(
                f"The sandbox did not answer in {seconds:g} s. Is the machine overloaded?{self._tail()}"
            )
        try:
            packet, handles, _, _ = socket.recv_fds(self._control, 4096, 1, socket.MSG_CMSG_CLOEXEC)
        except OSError as error:
            raise self._gone() from error
        if not packet:
            raise self._gone()
        return json.loads(packet), handles

    def _gone(self) -> SandboxError:
        return SandboxError("A process of the sandbox that makes rooms has ended. Grade again.")

    def _tail(self) -> str:
        """What the process said last, to end a sentence with."""
        return ""


def hear_walls(keeper: socket.socket) -> tuple[list[str], int]:
    """The walls that the keeper says stand, and a descriptor of the room's file system (-1: has none)."""
    poll = select.poll()
    poll.register(keeper, select.POLLIN)
    if not poll.poll(int(_WALLS_SECONDS * 1000)):
        raise SandboxError(f"A room was not ready in {_WALLS_SECONDS:g} s. Is the machine overloaded?")
    packet, places, _, _ = socket.recv_fds(keeper, 1 << 16, 1, socket.MSG_CMSG_CLOEXEC)
    told = json.loads(packet or b'{"error": "its first process ended without a word"}')
    if "error" in told:
        raise SandboxError(
            f"A wall of a room does not stand: {told['error']}. "
            f"Run grader doctor to see what this machine can do."
        )
    return told["walls"], places[0] if places else -1
