"""The trusted end of the zygote: starts it, asks it for rooms, says why it died."""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import tempfile
import threading
from typing import Any

from grader.errors import SandboxError
from grader.sandbox.launch import Launch
from grader.wire.room import Order

_BOOT_SECONDS = 120.0
_FORK_SECONDS = 20.0
_END_SECONDS = 10.0
_TAIL = 2000


class Zygote:
    """A running zygote. Thread-safe.

    It ends when its control socket is closed, so also when this process dies; a death signal of
    its parent's (bwrap's --die-with-parent) would end it with the thread that started it.
    """

    def __init__(self, plan: Launch, *, warm: bool) -> None:
        """Starts it and returns at once; `ready` waits for it."""
        self._lock = threading.Lock()
        self._told: dict[str, Any] = {}
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [*plan.command, str(theirs.fileno()), *([] if warm else ["bare"])],
                    env=plan.environment,
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=self._errors,
                    stderr=self._errors,
                    cwd="/",
                    # Ctrl-C at a terminal goes to its whole group; the driver decides what ends.
                    start_new_session=True,
                )
            except OSError as error:
                self._control.close()
                self._errors.close()
                raise SandboxError(f"The sandbox could not be started: {error}.") from error

    def ready(self) -> tuple[int, int]:
        """Bytes of address space and of resident memory that every fork starts with.

        Waits until the zygote is warm. Raises SandboxError, with its last words, where it does not start.
        """
        with self._lock:
            if not self._told:
                self._told, _ = self._receive(_BOOT_SECONDS)
            return self._told["size"], self._told["resident"]

    def fork(self, order: Order, guest: socket.socket, keeper: socket.socket) -> int:
        """Forks the keeper of a new room and hands it the two sockets; returns its pidfd.

        Raises SandboxError where the kernel refuses, or the zygote is gone.
        """
        with self._lock:
            try:
                socket.send_fds(self._control, [order.encode()], [guest.fileno(), keeper.fileno()])
            except OSError as error:
                raise self._gone() from error
            told, handles = self._receive(_FORK_SECONDS)
        if "error" in told:
            raise SandboxError(f"No room could be made for a submission: {told['error']}. See grader doctor.")
        return handles[0]

    def close(self) -> None:
        """Ends it, and with it every room that it made. Idempotent."""
        self._control.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

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
        try:
            status: object = self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            status = "none yet"
        return SandboxError(f"The sandbox's first process has ended (exit status {status}).{self._tail()}")

    def _tail(self) -> str:
        size = os.fstat(self._errors.fileno()).st_size
        said = os.pread(self._errors.fileno(), _TAIL, max(0, size - _TAIL)).decode(errors="replace").strip()
        return f" It said last:\n{said}" if said else ""
