"""The host: a fork of a live notebook that waits, and of which each snapshot is a fork.

The notebook itself is forked once for each call of `check` and goes on as it was. Nothing that the forks do
is seen by it: they hold neither its sockets nor its streams.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import getpass
import logging
import os
import select
import signal
import socket
import sys
import time
import warnings
from dataclasses import dataclass
from typing import Any, NoReturn

import torch

from grader.guest import kernel, standins
from grader.guest.conversing import converse
from grader.guest.keeping import nobody
from grader.guest.places import live_shell
from grader.wire import cells
from grader.wire.frames import Channel

_SOCKET = 3
_TRIAL_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Host:
    """A host that waits: its process id, and the socket by which it is asked for snapshots."""

    pid: int
    sock: socket.socket

    def end(self) -> None:
        """Ends it with all that is left of its snapshots."""
        self.sock.close()
        with contextlib.suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def host(namespace: dict[str, Any]) -> Host | None:
    """Forks the notebook. None where the fork cannot compute, as after threads that a fork does not have."""
    ours, theirs = socket.socketpair()
    threads = torch.get_num_threads()
    # A fork after work on several threads would wait for those threads for ever.
    if threads != 1:
        torch.set_num_threads(1)
    try:
        with warnings.catch_warnings():
            # Newer Pythons warn of every fork beside threads; the front end's own are known to do no harm.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
            if pid == 0:
                _live_as_host(theirs, namespace)
    finally:
        if threads != 1:
            torch.set_num_threads(threads)
    theirs.close()
    made = Host(pid, ours)
    poll = select.poll()
    poll.register(ours, select.POLLIN)
    if poll.poll(int(_TRIAL_SECONDS * 1000)) and ours.recv(1) == b"r":
        return made
    made.end()
    return None


def _live_as_host(sock: socket.socket, namespace: dict[str, Any]) -> NoReturn:
    try:
        os.setsid()
        kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        kernel.adopt_orphans()
        _leave_the_notebook(sock)
        gc.freeze()
        standins.install()
        _try_a_fork()
        own = socket.socket(fileno=_SOCKET)
        own.send(b"r")
        channel = Channel(own)
        while True:
            header, _, fds = channel.receive_with_fds(deadline=None, most=1)
            _reap()
            if isinstance(cells.decode_order(header), cells.Snapshot) and os.fork() == 0:
                _live_as_snapshot(own, fds, namespace)
            for fd in fds:
                os.close(fd)
    except BaseException:
        os._exit(1)


def _live_as_snapshot(host_socket: socket.socket, fds: list[int], namespace: dict[str, Any]) -> NoReturn:
    try:
        kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.dup2(fds[0], _SOCKET, inheritable=False)
        os.close(fds[0])
        host_socket.detach()
        gc.freeze()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        converse(Channel(socket.socket(fileno=_SOCKET)), namespace)
    except BaseException:
        os._exit(1)


def _leave_the_notebook(sock: socket.socket) -> None:
    """Gives up every descriptor but the socket, and whatever would speak to the front end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1, 2):
        os.dup2(nowhere, target)
    os.dup2(sock.detach(), _SOCKET, inheritable=False)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > _SOCKET:
            with contextlib.suppress(OSError):  # the listing's own is closed already
                os.close(int(name))
    sys.stdout = sys.stderr = os.fdopen(1, "w", closefd=False)
    builtins.input = getpass.getpass = nobody
    logging.disable(logging.CRITICAL)
    shell = live_shell()
    for speaks in (getattr(shell, "display_pub", None), getattr(shell, "displayhook", None)):
        with contextlib.suppress(Exception):
            speaks.publish = _say_nothing  # type: ignore[union-attr]
    os.environ["CUDA_VISIBLE_DEVICES"] = ""


def _say_nothing(*data: object, **more: object) -> None:
    """In place of publishing to a front end."""


def _try_a_fork() -> None:
    """Raises RuntimeError where a fork of this process cannot multiply and go backwards."""
    child = os.fork()
    if child == 0:
        a = torch.ones(64, 64, requires_grad=True)
        (a @ a).sum().backward()  # type: ignore[no-untyped-call]
        os._exit(0)
    deadline = time.monotonic() + _TRIAL_SECONDS / 2
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            if status:
                raise RuntimeError("a fork of this notebook does not live")
            return
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    raise RuntimeError("a fork of this notebook does not compute")


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
