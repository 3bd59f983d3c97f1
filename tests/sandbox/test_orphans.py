"""Nothing outlives the driver, nor a room that has lost its keeper."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from grader.sandbox import House
from tests.sandbox.rooms import DAEMON, ask, house_of, living, wait_for_end

DRIVER = """
import sys
from pathlib import Path
from grader.sandbox import processes
from tests.sandbox.rooms import DAEMON, ask, house_of
with house_of(sys.argv[1], Path(sys.argv[2])) as house, house.guest(0) as room:
    room.go()
    ask(room, DAEMON)
    print(*processes.tree(room.pid), flush=True)
    sys.stdin.read()
"""


def test_everything_ends_with_a_killed_driver(house: House, tmp_path: Path) -> None:
    found = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": found}
    folder = tmp_path / "house"
    folder.mkdir()
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER, house.level, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    )
    with driver:
        assert driver.stdout is not None
        there = [os.pidfd_open(int(pid)) for pid in driver.stdout.readline().split()]
        driver.kill()
    try:
        assert len(there) == 3
        assert all(select.select([handle], [], [], 30)[0] for handle in there)
    finally:
        for handle in there:
            os.close(handle)


def test_a_room_that_lost_its_keeper_goes_with_the_house(tmp_path: Path) -> None:
    with house_of("none", tmp_path) as house:
        room = house.guest(0)
        room.go()
        ask(room, DAEMON)
        there = [os.pidfd_open(pid) for pid in living(room)]
        os.kill(room.pid, signal.SIGKILL)
        assert wait_for_end(room)
        assert room.usage().verdict is None
    try:
        assert all(select.select([handle], [], [], 30)[0] for handle in there)
    finally:
        for handle in there:
            os.close(handle)
