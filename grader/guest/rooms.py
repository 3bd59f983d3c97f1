"""Makes rooms by forking this process, as it is asked to over a socket: the zygote, or a beginning.

It is told a room's numbers and given two sockets, never a name, path, digest or byte of a
submission: what it has read once would lie in the memory of every later fork.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
from collections.abc import Callable
from typing import NoReturn

from grader.guest import keeper, kernel
from grader.guest.kin import Kin, sweep
from grader.wire.beginning import BEGIN
from grader.wire.room import INSIDE_ID, Order

_NAMESPACES = (
    kernel.NEWUSER
    | kernel.NEWPID
    | kernel.NEWNS
    | kernel.NEWIPC
    | kernel.NEWUTS
    | kernel.NEWNET
    | kernel.NEWCGROUP
)
_MOST_BYTES = 1 << 16


def serve(control: socket.socket, begin: Callable[[int, int], NoReturn] | None = None) -> NoReturn:
    """Makes rooms until `control` is closed.

    begin: runs in a fork where a beginning is asked for, with the two descriptors that came along
    """
    kernel.adopt_orphans()
    # Dead rooms must not wait for the next order to be reaped.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        packet, fds, _, _ = socket.recv_fds(control, _MOST_BYTES, 2)
        if not packet:
            # Inside bubblewrap all ends with the zygote; elsewhere a room whose keeper was
            # killed has become this one's.
            sweep(Kin(own_namespace=False))
            os._exit(0)
        try:
            if packet == BEGIN and begin is not None:
                if os.fork() == 0:
                    control.close()
                    begin(*fds)
                control.send(b'{"begun": true}')
                continue
            handle = _make(Order.decode(packet), control, *fds)
        except Exception as error:
            control.send(json.dumps({"error": str(error) or repr(error)}).encode())
        else:
            socket.send_fds(control, [b'{"made": true}'], [handle])
            os.close(handle)
        finally:
            for fd in fds:
                os.close(fd)


def sizes() -> tuple[int, int]:
    """Bytes of this process's address space, and of its memory."""
    with open("/proc/self/statm") as told:
        size, resident = (int(word) * resource.getpagesize() for word in told.read().split()[:2])
    return size, resident


def _make(order: Order, control: socket.socket, guest: int, speak: int) -> int:
    """Forks the keeper of a new room; returns its pidfd."""
    hold, release = os.pipe()
    try:
        if order.level == "bubblewrap":
            pid, handle = kernel.fork_into(_NAMESPACES)
        else:
            pid, handle = os.fork(), -1
        if pid == 0:
            control.close()
            os.close(release)
            _quiet()
            keeper.run(order, guest, speak, hold)
        if handle < 0:
            handle = os.pidfd_open(pid)
        if order.level == "bubblewrap":
            _map_user(pid, order.user)
        os.write(release, b"r")
    finally:
        os.close(hold)
        os.close(release)
    return handle


def _map_user(pid: int, outer: int | None) -> None:
    """Gives the room's namespace its one user and one group."""
    if outer is None:
        with open(f"/proc/{pid}/setgroups", "w") as file:
            file.write("deny")
    for kind, own in (("uid", os.getuid()), ("gid", os.getgid())):
        with open(f"/proc/{pid}/{kind}_map", "w") as file:
            file.write(f"{INSIDE_ID} {own if outer is None else outer} 1")


def _quiet() -> None:
    nothing = os.open("/dev/null", os.O_RDWR)
    for target in (0, 1, 2):
        os.dup2(nothing, target)
    os.close(nothing)
