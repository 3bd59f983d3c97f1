"""What student code tries against the walls, and what comes of it."""

from __future__ import annotations

import errno

import pytest

from grader.guest import seccomp
from grader.guest.kernel import machine
from grader.sandbox import House, Room
from tests.sandbox.rooms import ask, refused

CALL = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    libc.syscall.restype = ctypes.c_long
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = libc.syscall(ctypes.c_long(number), *words)
    return ctypes.get_errno() if result == -1 else 0
"""


def test_denied_calls_are_denied(walled: Room) -> None:
    denied = seccomp._DENIED[machine()] | seccomp._SAME_EVERYWHERE
    found = ask(walled, CALL + f"answer = {{name: call(number) for name, number in {denied!r}.items()}}")
    assert {name for name, number in found.items() if number != errno.EPERM} == set()


def test_new_namespaces_are_denied(walled: Room) -> None:
    numbers = seccomp._LOOKED_AT[machine()]
    flags = 0x10000000 | 0x00020000 | 17  # user, mount, SIGCHLD
    assert ask(walled, CALL + f"answer = call({numbers['clone']}, {flags}, 0, 0, 0, 0)") == errno.EPERM
    assert ask(walled, CALL + f"answer = call({numbers['clone3']}, 0, 0)") == errno.ENOSYS


def test_a_new_process_and_a_thread_are_not_denied(room: Room) -> None:
    source = """
    import subprocess, threading
    found = []
    thread = threading.Thread(target=found.append, args=[1])
    thread.start()
    thread.join()
    answer = [subprocess.run(["/bin/true"]).returncode, found]
    """
    assert ask(room, source) == [0, [1]]


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK"])
def test_there_is_no_network(walled: Room, family: str) -> None:
    source = f"import socket; socket.socket(socket.{family}, socket.SOCK_DGRAM)"
    assert refused(walled, source) == "PermissionError"


def test_sockets_reach_nobody_outside(walled_house: House, walled: Room) -> None:
    if walled_house.level == "landlock":
        assert refused(walled, "import socket; socket.socket(socket.AF_UNIX)") == "PermissionError"
        pair = "import socket; socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)"
        assert refused(walled, pair) == "PermissionError"
        return
    source = """
    import os, socket
    place = os.environ["HOME"] + "/s"
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as caller:
        listener.bind(place)
        listener.listen()
        caller.connect(place)
    os.unlink(place)
    answer = "reached"
    """
    assert ask(walled, source) == "reached"


def test_pairs_of_sockets_work(walled: Room) -> None:
    source = """
    import asyncio
    async def say():
        await asyncio.sleep(0)
        return 5
    answer = asyncio.run(say())
    """
    assert ask(walled, source) == 5


def test_the_keeper_cannot_be_killed_stopped_or_limited(walled_house: House, walled: Room) -> None:
    attack = """
    import os, resource, signal
    keeper = os.getppid()
    answer = []
    for name in ("SIGKILL", "SIGSTOP", "SIGTERM", "SIGINT", "SIGUSR1", "SIGCHLD"):
        try:
            os.kill(keeper, getattr(signal, name))
        except PermissionError:
            answer.append("denied")
    for attempt in (lambda: resource.prlimit(keeper, resource.RLIMIT_NOFILE, (0, 0)),
                    lambda: resource.prlimit(keeper, resource.RLIMIT_CPU)):
        try:
            attempt()
            answer.append("limited")
        except PermissionError:
            answer.append("denied")
    """
    answers = ask(walled, attack)
    assert "limited" not in answers
    if walled_house.level == "landlock":
        assert len(answers) == 8, "without a pid namespace every signal is refused"
    assert walled.sweep(), "the keeper still listens"
    assert ask(walled, "answer = 1") == 1


def test_the_keeper_cannot_be_traced_or_read(walled: Room) -> None:
    numbers = seccomp._DENIED[machine()]
    source = f"""
import os
keeper = os.getppid()
answer = [call({numbers["ptrace"]}, 16, keeper, 0, 0), call({numbers["ptrace"]}, 0x4206, keeper, 0, 0)]
"""
    assert ask(walled, CALL + source) == [errno.EPERM, errno.EPERM]


def test_privileges_cannot_be_gained(walled: Room) -> None:
    assert ask(walled, "import os; answer = os.getuid()") == 1000 or "own_user" not in walled.walls
    assert refused(walled, "import os; os.setgroups([5])") == "PermissionError"
    assert refused(walled, "import os; os.setresuid(5, 5, 5)") in ("PermissionError", "OSError")
    assert refused(walled, "import os; os.chroot('/tmp')") == "PermissionError"
    assert refused(walled, "import os; os.sched_setaffinity(0, range(64))") in ("PermissionError", "OSError")


def test_processes_run_on_the_slots_core(house: House) -> None:
    found = []
    for slot in (0, 1):
        with house.guest(slot) as room:
            room.go()
            found.append(ask(room, "import os; answer = sorted(os.sched_getaffinity(0))"))
    assert [len(cores) for cores in found] == [1, 1]
    assert len(house._cores) == 1 or found[0] != found[1]


def test_a_nested_snapshot_cannot_reach_the_guest_or_a_sibling(walled_house: House, walled: Room) -> None:
    if "landlock.signals" not in walled.walls:
        pytest.skip("this kernel's Landlock does not hold signals back")
    source = """
    import os, signal, time
    hear, say = os.pipe()
    sibling = os.fork()
    if sibling == 0:
        signal.pause()
    snapshot = os.fork()
    if snapshot == 0:
        try:
            walls = door.nest([say])
            said = [",".join(walls)]
            for pid in (os.getppid(), sibling):
                try:
                    os.kill(pid, signal.SIGKILL)
                    said.append("killed")
                except OSError as error:
                    said.append(type(error).__name__)
            try:
                os.kill(-1, signal.SIGKILL)  # said to succeed even where it has reached nobody
            except ProcessLookupError:
                pass
            said += [str(fd) for fd in range(1024) if fd == say or not _closed(fd)]
            os.write(say, " ".join(said).encode())
        finally:
            os._exit(0)
    os.waitpid(snapshot, 0)
    answer = os.read(hear, 1000).decode().replace(f" {say}", " say")
    os.close(hear)
    os.close(say)
    answer += f" {os.waitpid(sibling, os.WNOHANG)}"
    os.kill(sibling, signal.SIGKILL)
    os.waitpid(sibling, 0)
    """
    ask(walled, CLOSED)
    said = ask(walled, source).split(maxsplit=7)
    assert said[0] == "nested.trace,nested.signals"
    assert set(said[1:3]) == {"PermissionError"}
    assert said[3:] == ["0", "1", "2", "say", "(0, 0)"], "four descriptors, and the sibling lives"


CLOSED = """
import os
def _closed(fd):
    try:
        os.fstat(fd)
    except OSError:
        return True
    return False
"""
