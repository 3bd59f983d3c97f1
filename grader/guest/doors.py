"""The doors that a guest shuts behind itself before a byte of the student's reaches it."""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import resource
import signal
from collections.abc import Sequence

from grader.guest import kernel, landlock, seccomp
from grader.wire.room import ADDRESS_SPACE, Order

SOCKET = 3
"""Where the guest's socket lies: the only descriptor besides 0, 1 and 2."""

MOST_DESCRIPTORS = 1024
"""The zygote's limit, so no descriptor lies above it; a student's own limit may be lowered later."""
_SPARE = 64 << 20
_PAGE_BITS = 20
_CPU_GRACE = 5
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty")


class Door:
    """What a fork of the guest shuts in its turn."""

    def __init__(self, level: str) -> None:
        self._walled = level != "none"
        self._room = _headroom() if self._walled else 0

    def nest(self, keep: Sequence[int] = (SOCKET,)) -> list[str]:
        """Closes all descriptors but 0, 1, 2 and `keep`, then shuts this process off its siblings.

        From then on it cannot signal, trace or write the guest it was forked from, nor another
        fork of it. Returns the walls that stand; OSError where the kernel refuses.
        """
        kernel.close_all_but(keep, MOST_DESCRIPTORS)
        if not self._walled:
            return []
        self._limit_memory()
        return landlock.nest()

    def _limit_memory(self) -> None:
        """Leaves this process what is not yet used of the room's memory, and a quarter at least.

        What one call takes too much is then an error in that call; above the room's own limit the
        watchdog would end the waiting guest, too, and every check that is still to come with it.
        """
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        left = _headroom()
        memory = self._room // ADDRESS_SPACE
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
        may = max(memory - used - _SPARE, memory // 4)
        resource.setrlimit(resource.RLIMIT_AS, (max(0, soft - max(0, left - may)), hard))


def shut(order: Order, sock: int, report: int) -> list[str]:
    """Makes this process the guest: fixed descriptors, limits, Landlock, seccomp.

    sock: becomes descriptor 3; report: becomes descriptor 4, for the caller to close
    Returns the walls that stand. Raises OSError where one does not.
    """
    os.setsid()
    _default_signals()
    _lay_descriptors(order, sock, report)
    os.environ["HOME"] = order.home
    os.environ["TMPDIR"] = order.temporary
    os.chdir(order.home)
    os.umask(0o022)
    walls = []
    if order.core is not None:
        os.sched_setaffinity(0, {order.core})
        walls.append("core")
    if order.level == "none":
        return walls
    walls += _limit(order)
    walls += landlock.confine(_rights(order), reading=order.level == "landlock")
    silent = order.among_strangers and "landlock.signals" not in walls
    return walls + seccomp.lock(mounted=order.level == "bubblewrap", silent=silent)


def _default_signals() -> None:
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        if number < 32 and signal.getsignal(number) is not None:
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _lay_descriptors(order: Order, sock: int, report: int) -> None:
    """0 reads nothing, 1 and 2 append to nameless files in the room, 3 is the socket, 4 the report."""
    opened = [os.open("/dev/null", os.O_RDONLY)]
    for name in ("stdout", "stderr"):
        path = f"{order.temporary}/{name}"
        opened.append(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_EXCL, 0o600))
        os.unlink(path)
    # Moved out of the way first: a source may lie where another is to go.
    moved = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 16) for fd in (*opened, sock, report)]
    for target, source in enumerate(moved):
        os.dup2(source, target, inheritable=target < SOCKET)
    os.closerange(SOCKET + 2, MOST_DESCRIPTORS)


def _limit(order: Order) -> list[str]:
    hard = {
        resource.RLIMIT_AS: order.address_space,
        resource.RLIMIT_FSIZE: order.disk,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 1 << 20,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for limit, most in hard.items():
        resource.setrlimit(limit, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (order.cpu, order.cpu + _CPU_GRACE))
    if order.processes is None:
        return ["limits"]
    most = order.processes + 1  # the keeper counts, too
    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
    return ["limits", "processes"]


def _rights(order: Order) -> dict[str, int]:
    both = landlock.READ | landlock.WRITE
    rights = dict.fromkeys(order.listable, landlock.LIST) | dict.fromkeys(order.readable, landlock.READ)
    rights |= dict.fromkeys(_DEVICES, both)
    rights |= dict.fromkeys(("/dev/random", "/dev/urandom"), landlock.READ)
    places = [order.folder] if order.folder else ["/tmp", "/home/student", "/dev/shm"]
    return rights | dict.fromkeys(places, both)


def _headroom() -> int:
    """Bytes that this process may still map, by trying (there is no /proc to ask)."""
    size = 0
    for bit in reversed(range(_PAGE_BITS, 46)):
        with contextlib.suppress(OSError, ValueError, OverflowError):
            mmap.mmap(-1, size | 1 << bit, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 0).close()
            size |= 1 << bit
    return size
