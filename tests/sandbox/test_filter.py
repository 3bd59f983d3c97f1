"""The seccomp filter, run by an interpreter of classic BPF: for machines other than this one, too."""

from __future__ import annotations

import errno
import socket
import struct

import pytest

from grader.guest import seccomp

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def run(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """What the filter returns for one system call."""
    seen = struct.pack("=IIQ6Q", number, architecture, 0, *arguments, *[0] * (6 - len(arguments)))
    lines = list(struct.iter_unpack("HBBI", program))
    at, loaded = 0, 0
    while True:
        code, if_true, if_false, value = lines[at]
        at += 1
        match code:
            case 0x20:
                loaded = struct.unpack_from("=I", seen, value)[0]
            case 0x15:
                at += if_true if loaded == value else if_false
            case 0x35:
                at += if_true if loaded >= value else if_false
            case 0x45:
                at += if_true if loaded & value else if_false
            case 0x06:
                return value
            case _:
                raise AssertionError(f"no instruction of ours: {code:#x}")


@pytest.fixture(params=["x86_64", "aarch64"])
def machine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def test_every_denied_call_is_denied(machine: str) -> None:
    program = seccomp.build(machine)
    for number in {*seccomp._DENIED[machine].values(), *seccomp._SAME_EVERYWHERE.values()}:
        assert run(program, AUDIT[machine], number) == ERRNO | errno.EPERM


def test_reads_writes_and_exits_are_allowed(machine: str) -> None:
    numbers = {"x86_64": (0, 1, 60, 231, 9, 202, 57), "aarch64": (63, 64, 93, 94, 222, 98)}[machine]
    for mounted in (True, False):
        program = seccomp.build(machine, mounted=mounted, silent=not mounted)
        assert {run(program, AUDIT[machine], number) for number in numbers} == {ALLOW}


def test_another_machines_calls_kill(machine: str) -> None:
    for other in {*AUDIT.values(), 0x40000003} - {AUDIT[machine]}:
        assert run(seccomp.build(machine), other, 0) == KILL


def test_calls_of_the_x32_form_are_denied() -> None:
    assert run(seccomp.build("x86_64"), AUDIT["x86_64"], 0x40000000) == ERRNO | errno.EPERM


def test_arguments_decide(machine: str) -> None:
    program = seccomp.build(machine)
    call = seccomp._LOOKED_AT[machine]

    def denied(name: str, *arguments: int) -> bool:
        return run(program, AUDIT[machine], call[name], *arguments) == ERRNO | errno.EPERM

    assert not denied("clone", 0x3D0F00), "a thread"
    for flag in (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x80):
        assert denied("clone", flag | 17)
    assert not denied("socket", socket.AF_UNIX, 1)
    assert denied("socket", socket.AF_INET, 1)
    assert denied("ioctl", 0, 0x5412)
    assert denied("ioctl", 0, 0x541C)
    assert denied("ioctl", 0, 0xDEAD00005412), "the kernel looks at the low word only"
    assert not denied("ioctl", 0, 0x5401)
    assert denied("prlimit64", 1, 7)
    assert not denied("prlimit64", 0, 7)
    assert run(program, AUDIT[machine], call["clone3"]) == ERRNO | errno.ENOSYS


def test_without_mounts_no_socket_is_made_and_no_mode_is_changed(machine: str) -> None:
    program = seccomp.build(machine, mounted=False)
    call = seccomp._LOOKED_AT[machine]
    assert run(program, AUDIT[machine], call["socket"], socket.AF_UNIX, 1) == ERRNO | errno.EPERM
    assert run(program, AUDIT[machine], call["socketpair"], socket.AF_UNIX, 0x80801) == ALLOW
    assert run(program, AUDIT[machine], call["socketpair"], socket.AF_UNIX, 0x80802) == ERRNO | errno.EPERM
    for number in seccomp._CHANGING_FILES[machine].values():
        assert run(program, AUDIT[machine], number) == ERRNO, "success, and nothing done"


def test_a_silent_room_signals_nobody(machine: str) -> None:
    program = seccomp.build(machine, mounted=False, silent=True)
    call = seccomp._LOOKED_AT[machine]
    for number in seccomp._REACHING_OTHERS[machine].values():
        assert run(program, AUDIT[machine], number) == ERRNO | errno.EPERM
    assert run(program, AUDIT[machine], call["fcntl"], 5, 8) == ERRNO | errno.EPERM
    assert run(program, AUDIT[machine], call["fcntl"], 5, 15) == ERRNO | errno.EPERM
    assert run(program, AUDIT[machine], call["fcntl"], 5, 1) == ALLOW
