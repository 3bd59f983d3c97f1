"""The keeper: the first process of a room, its init, and the guest's parent.

It makes the room, forks the guest into it, reaps what dies there and, when asked, kills whatever
else lives there. It runs no student code, and nothing of the student's can signal, trace or feed it.
On its socket (one JSON object a packet) it says first `{"walls": [...]}`, with a descriptor of the
room's own file system where it has one, or `{"error": "..."}`; later `{"swept": true}` and, once,
`{"guest": "exited" | "signal", "code": n}`. It is asked `{"op": "sweep"}`, `{"op": "interrupt"}` or
`{"op": "look"}` (see `leavings`); at end of file, and where a sweep does not succeed, it ends the room.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
from typing import NoReturn

from grader.guest import doors, kernel, leavings
from grader.guest.kin import Kin, sweep
from grader.wire.room import INSIDE_ID, Order

_PRIVATE = kernel.MS_NOSUID | kernel.MS_NODEV
_MOST_FILES = 65536


def run(order: Order, guest: int, control: int, ready: int) -> NoReturn:
    """Makes the room of `order` and keeps it until `control` is closed.

    guest: descriptor of the guest's socket; control: of the keeper's own
    ready: readable once the zygote has written this process's user and group maps
    """
    speak = socket.socket(fileno=control)
    kernel.close_all_but((guest, control, ready), doors.MOST_DESCRIPTORS)
    try:
        walls = _make_room(order, ready)
        student, told = _fork_guest(order, guest)
        os.close(guest)
        answer = json.loads(told or b'{"error": "the guest ended while it shut its doors"}')
        if "error" in answer:
            raise OSError(answer["error"])
        places = [] if order.folder else [os.open(order.temporary, os.O_PATH)]
        socket.send_fds(speak, [json.dumps({"walls": walls + answer["walls"]}).encode()], places)
        for place in places:
            os.close(place)
    except BaseException as error:
        with contextlib.suppress(OSError):
            speak.send(json.dumps({"error": str(error) or repr(error)}).encode())
        os._exit(1)
    # Without a pid namespace the room does not end with this process: it clears it first.
    kin = Kin(os.getpid() == 1)
    with contextlib.suppress(BaseException):
        _keep(speak, student, kin, order)
    sweep(kin)
    os._exit(0)


def _make_room(order: Order, ready: int) -> list[str]:
    if not os.read(ready, 1):
        os._exit(1)
    os.close(ready)
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    walls = _room_of_mounts(order) if order.level == "bubblewrap" else _room_in_folder(order)
    if order.level != "none":
        kernel.hide_memory()
        kernel.no_new_privileges()
        kernel.drop_capabilities()
        walls += ["no_new_privs", "no_capabilities"]
    return walls


def _room_of_mounts(order: Order) -> list[str]:
    if order.user is not None:
        os.setgroups([])
    os.setresgid(INSIDE_ID, INSIDE_ID, INSIDE_ID)
    os.setresuid(INSIDE_ID, INSIDE_ID, INSIDE_ID)
    kernel.mount("none", "/", "", kernel.MS_REC | kernel.MS_PRIVATE)
    # One file system for all that can be written, so that one size caps it.
    options = f"size={order.disk},nr_inodes={_MOST_FILES},mode=0755,uid={INSIDE_ID},gid={INSIDE_ID}"
    kernel.mount("tmpfs", "/tmp", "tmpfs", _PRIVATE, options)
    for name, target in (("home", "/home/student"), ("shm", "/dev/shm"), ("tmp", "/tmp")):
        os.mkdir(f"/tmp/{name}", 0o700)
        kernel.mount(f"/tmp/{name}", target, "", kernel.MS_BIND)
    empty = _PRIVATE | kernel.MS_NOEXEC | kernel.MS_RDONLY
    kernel.mount("tmpfs", "/proc", "tmpfs", empty, "size=4k,nr_inodes=1,mode=0555")
    names = ["user", "pid", "mount", "ipc", "uts", "net", "cgroup"]
    return [f"namespace.{name}" for name in names] + ["disk"] + (["own_user"] if order.user else [])


def _room_in_folder(order: Order) -> list[str]:
    kernel.adopt_orphans()
    walls = []
    if order.user is not None:
        os.setgroups([])
        os.setresgid(order.user, order.user, order.user)
        os.setresuid(order.user, order.user, order.user)
        walls.append("own_user")
    for name in ("home", "tmp"):
        os.mkdir(f"{order.folder}/{name}", 0o700)
    return walls


def _fork_guest(order: Order, sock: int) -> tuple[int, bytes]:
    """The guest's pid and what it said of its walls, as JSON."""
    hear, say = os.pipe()
    student = os.fork()
    if student:
        os.close(say)
        with open(hear, "rb") as report:
            return student, report.read()
    try:
        try:
            walls = doors.shut(order, sock, say)
        except BaseException as error:
            # Either the report has been laid at its place, or nothing has been moved yet.
            for place in (say, doors.SOCKET + 1):
                with contextlib.suppress(OSError):
                    os.write(place, json.dumps({"error": str(error) or repr(error)}).encode())
                    break
            os._exit(1)
        os.write(doors.SOCKET + 1, json.dumps({"walls": walls}).encode())
        os.close(doors.SOCKET + 1)
        _be_guest(doors.Door(order.level))
    finally:
        os._exit(1)


def _be_guest(door: doors.Door) -> NoReturn:
    if os.read(doors.SOCKET, 1) != b"g":
        os._exit(0)
    from grader.guest import session

    session.main(sock_fd=doors.SOCKET, door=door)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):
            stream.flush()
    os._exit(0)


def _keep(speak: socket.socket, student: int, kin: Kin, order: Order) -> None:
    """Serves until the other end of `speak` is closed."""
    woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    handle = os.pidfd_open(student)
    poll = select.poll()
    poll.register(speak, select.POLLIN)
    poll.register(woken, select.POLLIN)
    while True:
        for pid, status in kin.reap():
            if pid == student:
                killed = os.WIFSIGNALED(status)
                code = os.WTERMSIG(status) if killed else os.WEXITSTATUS(status)
                _say(speak, {"guest": "signal" if killed else "exited", "code": code})
        ready = dict(poll.poll())
        if woken in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(woken, 4096)
        if speak.fileno() in ready:
            packet = speak.recv(4096)
            if not packet:
                return
            asked = json.loads(packet)
            op = asked["op"]
            if op == "sweep":
                if not sweep(kin, spare={student, *asked.get("spare", ())}):
                    return
                _say(speak, {"swept": True})
            elif op == "look":
                _say(speak, leavings.look(order))
            elif op == "interrupt":
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, signal.SIGINT)


def _say(speak: socket.socket, message: dict[str, object]) -> None:
    with contextlib.suppress(BrokenPipeError):
        speak.send(json.dumps(message).encode())
