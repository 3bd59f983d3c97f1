"""The few system calls that Python has no name for.

Every function raises OSError where the kernel refuses.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
from collections.abc import Iterable

NEWNS = 0x00020000
NEWCGROUP = 0x02000000
NEWUTS = 0x04000000
NEWIPC = 0x08000000
NEWUSER = 0x10000000
NEWPID = 0x20000000
NEWNET = 0x40000000
_CLONE_PIDFD = 0x00001000

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18

_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_PR_CAPBSET_DROP = 24
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 40

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long
_NUMBERS = {
    "x86_64": {"clone": 56, "capset": 126},
    "aarch64": {"clone": 220, "capset": 91},
}


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapData(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def machine() -> str:
    """The machine's name as the tables of system calls have it; OSError on one that they lack."""
    name = platform.machine()
    if name not in _NUMBERS:
        raise OSError(f"no table of system calls is known for the machine {name!r}")
    return name


def syscall(number: int, *arguments: object) -> int:
    """A raw system call; integers are passed as C longs."""
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = int(_LIBC.syscall(ctypes.c_long(number), *words))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def fork_into(flags: int) -> tuple[int, int]:
    """Forks into new namespaces (`flags` of NEW*): (pid, pidfd) in the parent, (0, -1) in the child.

    One fork where `unshare` would take two, because a new pid namespace holds only children of
    the process that unshared it. glibc does not hear of this fork: the child's main thread keeps a
    stale thread id there, so it must not run student code; what it forks by `os.fork` may.
    """
    libc = ctypes.PyDLL(None, use_errno=True)  # keeps the interpreter's lock, as a fork must
    libc.syscall.restype = ctypes.c_long
    pidfd = ctypes.c_int(-1)
    number = _NUMBERS[machine()]["clone"]
    word = ctypes.c_long
    kind = word(flags | _CLONE_PIDFD | signal.SIGCHLD)
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = int(libc.syscall(word(number), kind, word(0), ctypes.byref(pidfd), word(0), word(0)))
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0, -1
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(ctypes.get_errno(), f"new namespaces were refused: {os.strerror(ctypes.get_errno())}")
    return pid, pidfd.value


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mounts `source` on `target`; the error names the target."""
    names = [os.fsencode(name) for name in (source, target, kind)]
    if _LIBC.mount(*names, ctypes.c_ulong(flags), os.fsencode(options)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"mounting {kind or 'a folder'} on {target} was refused: {os.strerror(number)}")


def prctl(option: int, second: int = 0, third: int | ctypes.Array[ctypes.c_char] = 0) -> None:
    last = ctypes.c_ulong(third) if isinstance(third, int) else third
    if _LIBC.prctl(option, ctypes.c_ulong(second), last, ctypes.c_ulong(0), ctypes.c_ulong(0)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl {option} was refused: {os.strerror(number)}")


def hide_memory() -> None:
    """Makes this process undumpable: processes of the same user can neither trace nor read it."""
    prctl(_PR_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """Makes this process the parent of descendants whose own parent has ended."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def close_all_but(keep: Iterable[int], most: int) -> None:
    """Closes the descriptors from 3 to `most`, but not those in `keep`."""
    low = 3
    for descriptor in sorted({fd for fd in keep if fd >= 3}):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, most)


def no_new_privileges() -> None:
    prctl(_PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """Gives up every capability, for this process and for all it will ever start."""
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            prctl(_PR_CAPBSET_DROP, capability)
        except OSError:
            break  # not ours to drop, or newer than the kernel: empty sets and no_new_privs suffice
    prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = _CapHeader(_CAPABILITY_VERSION_3, 0)
    syscall(_NUMBERS[machine()]["capset"], ctypes.byref(header), ctypes.byref((_CapData * 2)()))
