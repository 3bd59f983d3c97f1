"""Bare houses with a session that runs what it is sent, and questions to their rooms."""

from __future__ import annotations

import json
import select
import shutil
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grader
from grader.sandbox import House, Limits, Room, processes

SECONDS = 60
DAEMON = """
import os, signal
hear, say = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.write(say, b"x")
        while True:
            signal.pause()
    os._exit(0)
os.wait()
os.read(hear, 1)
answer = None
"""
LEVELS = ("bubblewrap", "landlock", "none")


@contextmanager
def house_of(level: Any, folder: Path, limits: Limits | None = None, *, slots: int = 2) -> Iterator[House]:
    """A bare house whose rooms talk; `folder` is empty and for this house alone."""
    guest = folder / "guest"
    only_code = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(grader.__file__).parent / "guest", guest, ignore=only_code)
    shutil.copyfile(Path(__file__).with_name("talking_session.py"), guest / "session.py")
    lesson = folder / "data"
    lesson.mkdir()
    (lesson / "words.txt").write_text("hello\n")
    with House.open(
        level, limits or Limits(), slots=slots, data={"a_lesson": lesson}, warm=False, guest=guest
    ) as house:
        yield house


def tell(room: Room, source: str) -> None:
    """Sends `source` to be run; does not wait."""
    room.guest.sendall(json.dumps(textwrap.dedent(source)).encode() + b"\n")


def hear(room: Room) -> dict[str, Any]:
    """The next answer; empty where the guest has ended."""
    line = b""
    while not line.endswith(b"\n"):
        poll = select.poll()
        poll.register(room.guest, select.POLLIN)
        assert poll.poll(SECONDS * 1000), "the guest did not answer"
        try:
            data = room.guest.recv(1 << 20)
        except ConnectionResetError:
            return {}
        if not data:
            return {}
        line += data
    told: dict[str, Any] = json.loads(line)
    return told


def ask(room: Room, source: str) -> Any:
    """The value that `source` leaves in `answer`; fails where it raises."""
    tell(room, source)
    told = hear(room)
    assert "answer" in told, told
    return told["answer"]


def refused(room: Room, source: str) -> str:
    """The name of the exception that `source` raises; fails where it raises none."""
    tell(room, source)
    told = hear(room)
    assert "raised" in told, told
    name: str = told["raised"]
    return name


def wait_for_end(room: Room) -> bool:
    """Whether the room's keeper has ended, waited for."""
    poll = select.poll()
    poll.register(room.pidfd, select.POLLIN)
    return bool(poll.poll(SECONDS * 1000))


def living(room: Room) -> list[int]:
    """The room's processes that are no zombies."""
    states = {pid: Path(f"/proc/{pid}/stat") for pid in processes.tree(room.pid)}
    return [pid for pid, stat in states.items() if stat.exists() and ") Z " not in stat.read_text()]
