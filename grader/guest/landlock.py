"""Landlock: rules that a process lays upon itself and upon all that it will ever start.

What a domain forbids beyond files depends on the kernel: TCP from ABI 4, signals and abstract
sockets to processes outside the domain from ABI 6. A domain laid inside another can only narrow it.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Mapping

from grader.guest.kernel import syscall

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_EXECUTE = 1 << 0
_WRITE_FILE = 1 << 1
_READ_FILE = 1 << 2
_READ_DIR = 1 << 3
_CHANGE = 0x1FF0  # remove and make, of every kind
_MAKE_BLOCK = 1 << 11
_REFER = 1 << 13
_TRUNCATE = 1 << 14
_IOCTL_DEVICE = 1 << 15
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE

_TCP = 0b11
_SCOPE_SOCKETS = 1
_SCOPE_SIGNALS = 2

LIST = _READ_DIR
READ = _EXECUTE | _READ_FILE | _READ_DIR
WRITE = _WRITE_FILE | _CHANGE | _REFER | _TRUNCATE


def version() -> int:
    """The ABI version of this kernel's Landlock; 0 where it has none or has it switched off."""
    try:
        return syscall(_CREATE, 0, 0, _VERSION_FLAG)
    except OSError:
        return 0


def confine(rights: Mapping[str, int], *, reading: bool) -> list[str]:
    """Lays a domain on this process: writing only as `rights` has it, no TCP, no signals outward.

    rights: path to READ, WRITE or both; paths that do not exist are skipped
    reading: forbid reading and executing, too, but for what `rights` names
    Returns the names of the walls that stand by it. Raises OSError where Landlock is missing.
    """
    abi = version()
    if abi == 0:
        raise OSError("this kernel has no Landlock, or it is not switched on (lsm=landlock)")
    handled = WRITE | (READ if reading else 0)
    if abi < 2:
        handled &= ~_REFER
    if abi < 3:
        handled &= ~_TRUNCATE
    if abi >= 5:
        handled |= _IOCTL_DEVICE
    net = _TCP if abi >= 4 else 0
    scope = _SCOPE_SIGNALS | _SCOPE_SOCKETS if abi >= 6 else 0
    ruleset = _new_ruleset(abi, handled, net, scope)
    try:
        for path, allowed in rights.items():
            _allow(ruleset, path, allowed & handled)
        syscall(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    walls = ["landlock.write"]
    walls += ["landlock.read"] if reading else []
    walls += ["landlock.tcp"] if net else []
    return walls + (["landlock.signals", "landlock.sockets"] if scope else [])


def nest() -> list[str]:
    """Lays a domain of its own inside the present one: no signal, trace or memory access out of it.

    Returns the walls that stand by it; an old kernel's domain stops tracing only.
    """
    abi = version()
    if abi == 0:
        raise OSError("this kernel has no Landlock, or it is not switched on (lsm=landlock)")
    scope = _SCOPE_SIGNALS | _SCOPE_SOCKETS if abi >= 6 else 0
    # A domain must forbid something to be made; block devices cannot be made anyway.
    ruleset = _new_ruleset(abi, 0 if scope else _MAKE_BLOCK, 0, scope)
    try:
        syscall(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return ["nested.trace", "nested.signals"] if scope else ["nested.trace"]


def _new_ruleset(abi: int, files: int, net: int, scope: int) -> int:
    words = [files, net, scope][: 1 if abi < 4 else 2 if abi < 6 else 3]
    attribute = struct.pack(f"={len(words)}Q", *words)
    return syscall(_CREATE, ctypes.c_char_p(attribute), len(attribute), 0)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _FOR_FILES
        if rights:
            rule = struct.pack("=Qi", rights, place)
            syscall(_ADD, ruleset, _PATH_BENEATH, ctypes.c_char_p(rule), 0)
    finally:
        os.close(place)
