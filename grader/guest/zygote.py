"""The zygote: a process that has everything imported, of which each submission's room is a fork.

It is told a room's numbers and given two sockets, never a name, path, digest or byte of a
submission: what it has read once would lie in the memory of every later fork.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import site
import socket
import sys
from typing import NoReturn

from grader.guest import keeper, kernel
from grader.guest.doors import MOST_DESCRIPTORS
from grader.guest.kin import Kin, sweep
from grader.wire.memory import settle
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
_HEAVY = ("torch", "torch._dynamo", "numpy", "IPython", "matplotlib.pyplot")
_MOST_BYTES = 1 << 16


def main(descriptor: int, *, warm: bool) -> NoReturn:
    """Imports all that a notebook needs, says `ready`, then makes rooms until the socket is closed.

    descriptor: of the control socket (packets)
    warm: False makes bare rooms, to try the walls or a stand-in for the session
    """
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_DESCRIPTORS, max(hard, MOST_DESCRIPTORS)))
    site.setquit()
    site.sethelper()
    if warm:
        for name in _HEAVY:
            importlib.import_module(name)
        from grader.guest import session

        session.preload()
        settle()
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        sys.exit(f"the zygote has {threads} threads, so its forks would hang")
    kernel.adopt_orphans()
    # Dead rooms must not wait for the next order to be reaped.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.setgroups([])  # the operator's groups are none of the student's; only root can drop them
    with open("/proc/self/statm") as sizes:
        size, resident = (int(word) * resource.getpagesize() for word in sizes.read().split()[:2])
    control = socket.socket(fileno=descriptor)
    control.send(json.dumps({"ready": True, "size": size, "resident": resident}).encode())
    sys.stdout.flush()
    sys.stderr.flush()
    while True:
        packet, fds, _, _ = socket.recv_fds(control, _MOST_BYTES, 2)
        if not packet:
            # Inside bubblewrap all ends with this process; elsewhere a room whose keeper was
            # killed has become this one's.
            sweep(Kin(own_namespace=False), spare=None)
            os._exit(0)
        try:
            handle = _make(Order.decode(packet), control, *fds)
        except Exception as error:
            control.send(json.dumps({"error": str(error) or repr(error)}).encode())
        else:
            socket.send_fds(control, [b'{"made": true}'], [handle])
            os.close(handle)
        finally:
            for fd in fds:
                os.close(fd)


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


if __name__ == "__main__":
    main(int(sys.argv[1]), warm=sys.argv[2:] != ["bare"])
