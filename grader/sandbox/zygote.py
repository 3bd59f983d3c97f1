"""The trusted end of the zygote: starts it, asks it for rooms, says why it died."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from typing import Any

from grader.errors import SandboxError
from grader.sandbox.launch import Launch
from grader.sandbox.maker import Maker
from grader.wire.beginning import BEGIN, Plan, encode

_BOOT_SECONDS = 600.0
"""Imports take seconds, and minutes on a slow disk beside others; a process that dies is seen at once."""
_END_SECONDS = 10.0
_TAIL = 2000


class Zygote(Maker):
    """A running zygote. Thread-safe.

    It ends when its control socket is closed, so also when this process dies; a death signal of
    its parent's (bwrap's --die-with-parent) would end it with the thread that started it.
    """

    def __init__(self, plan: Launch, *, warm: bool, few: bool = False) -> None:
        """Starts it and returns at once; `ready` waits for it."""
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        how = ([] if warm else ["bare"]) + (["few"] if few else [])
        super().__init__(control)
        self._told: dict[str, Any] = {}
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [*plan.command, str(theirs.fileno()), *how],
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

    def begin(self, plan: Plan, news: socket.socket) -> None:
        """Has a fork run the cells of `plan`, which tells of its stages over `news`; returns at once.

        Raises SandboxError where it cannot be forked, or the zygote is gone.
        """
        with open(os.memfd_create("plan"), "w+b") as file:
            file.write(encode(plan))
            file.flush()
            told, _ = self._asked(BEGIN, news.fileno(), file.fileno())
        if "error" in told:
            raise SandboxError(f"The starter's first cells could not be run: {told['error']}.")

    def close(self) -> None:
        """Ends it, and with it every room that it made. Idempotent."""
        self._control.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._errors.close()

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
