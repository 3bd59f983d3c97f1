"""Submissions that take too much: bounded, ended, and no harm to a neighbour."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.sandbox import Examined, Limits, Usage
from tests.sandbox.rooms import LEVELS, ask, hear, house_of, living, refused, tell, wait_for_end

MIB = 1 << 20

# At most 1 GiB: 16 MiB at a time, each page touched.
HOG = """
kept = []
for _ in range(64):
    kept.append(bytearray(b"x") * (16 << 20))
import signal
signal.pause()
"""
# Eight children of a hundred MiB each.
MANY = """
import os, signal
for _ in range(8):
    if os.fork() == 0:
        kept = bytearray(b"x") * (100 << 20)
        signal.pause()
signal.pause()
"""
FILES = """
import os
for number in range(64):
    with open(f"{os.environ['TMPDIR']}/{number}", "wb") as file:
        file.write(bytes(8 << 20))
"""
BOMB = """
import os, signal, time
made = 0
for _ in range(200):
    try:
        if os.fork() == 0:
            signal.pause()
        made += 1
    except OSError:
        break
answer = made
"""


@pytest.fixture(params=LEVELS)
def level(request: pytest.FixtureRequest, examined: dict[str, Examined]) -> str:
    found: str = request.param
    if not examined[found].works:
        pytest.skip(f"the level {found} does not work here: {examined[found].detail}")
    return found


@pytest.mark.parametrize("source", [HOG, MANY], ids=["one", "many"])
def test_too_much_memory_ends_the_room_and_no_other(level: str, source: str, tmp_path: Path) -> None:
    limits = Limits(memory=300 * MIB)
    with house_of(level, tmp_path, limits) as house, house.guest(0) as hog, house.guest(1) as neighbour:
        hog.go()
        neighbour.go()
        tell(hog, source)
        assert wait_for_end(hog) or hog.usage().verdict
        usage = hog.usage()
        assert usage.verdict == "memory"
        assert usage.peak_memory > 200 * MIB
        assert ask(neighbour, "answer = sum(range(10))") == 45
        assert neighbour.usage().verdict is None


def test_one_huge_request_is_refused_where_it_is_made(level: str, tmp_path: Path) -> None:
    if level == "none":
        pytest.skip("nothing is limited there but the sum")
    with house_of(level, tmp_path, Limits(memory=300 * MIB)) as house, house.guest(0) as room:
        room.go()
        assert refused(room, "bytearray(2 << 30)") == "MemoryError"
        assert ask(room, "answer = 1") == 1


def test_files_are_capped(level: str, tmp_path: Path) -> None:
    if level == "none":
        pytest.skip("files are not limited there")
    with house_of(level, tmp_path, Limits(disk=32 * MIB)) as house, house.guest(0) as room:
        room.go()
        tell(room, FILES)
        if level == "bubblewrap":
            assert hear(room)["raised"] == "OSError"
            source = "import os; os.unlink(os.environ['TMPDIR'] + '/0'); answer = 1"
            assert ask(room, source) == 1, "and the room lives on"
        else:
            assert wait_for_end(room)
            assert room.usage().verdict == "disk"


def test_one_huge_file_is_refused(level: str, tmp_path: Path) -> None:
    if level == "none":
        pytest.skip("files are not limited there")
    with house_of(level, tmp_path, Limits(disk=8 * MIB)) as house, house.guest(0) as room:
        room.go()
        assert refused(room, "import os; os.truncate(open('big', 'wb').fileno(), 9 << 20)") == "OSError"


def test_files_in_memory_count_as_memory(tmp_path: Path, examined: dict[str, Examined]) -> None:
    if not examined["bubblewrap"].works:
        pytest.skip(examined["bubblewrap"].detail)
    limits = Limits(memory=128 * MIB, disk=512 * MIB)
    with house_of("bubblewrap", tmp_path, limits) as house, house.guest(0) as room:
        room.go()
        tell(room, FILES)
        assert wait_for_end(room)
        assert room.usage().verdict == "memory"


def test_a_fork_bomb_is_bounded(level: str, tmp_path: Path) -> None:
    limits = Limits(processes=20)
    with house_of(level, tmp_path, limits) as house, house.guest(0) as bomb, house.guest(1) as neighbour:
        bomb.go()
        neighbour.go()
        if {"processes", "cgroup.pids"} & set(bomb.walls):
            assert ask(bomb, BOMB) < 20
            assert ask(neighbour, "import os; answer = os.wait()[1] if os.fork() else os._exit(0)") == 0
            assert bomb.sweep()
            assert ask(bomb, "answer = 1") == 1
        else:
            # The kernel does not count the room's processes alone: the watchdog does.
            tell(bomb, BOMB + "signal.pause()")
            assert wait_for_end(bomb)
            assert bomb.usage() == Usage(bomb.usage().cpu, bomb.usage().peak_memory, "processes")
            assert ask(neighbour, "answer = 1") == 1


# Eight processes and a thread each, all of which try to spread to every core there is.
SPINNERS = """
import os, threading
hear, say = os.pipe()
def spread():
    try:
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    except OSError:
        pass
def spin():
    spread()
    while True:
        pass
for _ in range(8):
    if os.fork() == 0:
        spread()
        threading.Thread(target=spin, daemon=True).start()
        os.write(say, b"x")
        spin()
told = b""
while len(told) < 8:
    told += os.read(hear, 8)
answer = len(told)
"""


def test_spinning_neighbours_stay_on_their_own_core(level: str, tmp_path: Path) -> None:
    if level == "none":
        pytest.skip("the core is set there, but can be changed")
    with house_of(level, tmp_path) as house, house.guest(0) as spinner, house.guest(1) as honest:
        spinner.go()
        honest.go()
        assert ask(spinner, SPINNERS) == 8
        (own,) = ask(honest, "import os; answer = sorted(os.sched_getaffinity(0))")
        taken = {
            frozenset(os.sched_getaffinity(int(task.name)))
            for pid in living(spinner)
            if pid != spinner.pid  # the keeper runs no student code, and is pinned to nothing
            for task in Path(f"/proc/{pid}/task").iterdir()
        }
        assert [len(cores) for cores in taken] == [1]
        assert len(house._cores) == 1 or own not in next(iter(taken))
        assert ask(honest, "answer = sum(range(10))") == 45
