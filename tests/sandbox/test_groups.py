"""Control groups: found where they lie, believed only where they hold, removed with their room.

Version 1 is tried for real where this process may make groups. Version 2 is tried on files in its form
only: they show what is written and read, not that a kernel keeps to it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.sandbox import Limits
from grader.sandbox.groups import Group, Groups
from grader.sandbox.hierarchies import Hierarchy, hierarchies
from tests.sandbox.rooms import LEVELS, ask, house_of, tell, wait_for_end

MIB = 1 << 20


def fake(folder: Path, mounts: list[tuple[str, Path, str, str]], groups: list[str]) -> Path:
    """A process's folder in /proc: `mounts` are (root, point, kind, options), `groups` lines of `cgroup`."""
    lines = [
        f"40 30 0:1 {root} {str(point).replace(' ', chr(92) + '040')} rw,relatime - {kind} x {options}"
        for root, point, kind, options in mounts
    ]
    process = folder / "process"
    process.mkdir()
    (process / "mountinfo").write_text("1 0 8:1 / / rw - ext4 /dev/sda rw\n" + "\n".join(lines) + "\n")
    (process / "cgroup").write_text("\n".join(groups) + "\n")
    return process


def unified(folder: Path, down: str, controllers: str = "cpu memory pids") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup.controllers").write_text(controllers)
    (folder / "cgroup.subtree_control").write_text(down)
    return folder


def test_version_1_lies_in_a_tree_per_controller(tmp_path: Path) -> None:
    memory, pids = tmp_path / "a b" / "memory", tmp_path / "pids"
    (memory / "ours").mkdir(parents=True)
    pids.mkdir()
    process = fake(
        tmp_path,
        [
            ("/", memory, "cgroup", "rw,memory"),
            ("/", pids, "cgroup", "rw,pids"),
            ("/", pids, "cgroup", "rw,cpu"),
        ],
        ["4:memory:/ours", "3:cpu,cpuacct:/", "2:pids:/", "1:name=systemd:/", "0::/"],
    )
    assert hierarchies(process) == [
        Hierarchy(memory / "ours", 1, frozenset({"memory"})),
        Hierarchy(pids, 1, frozenset({"pids"})),
    ]


def test_version_2_is_our_own_group_or_the_one_above_that_hands_limits_down(tmp_path: Path) -> None:
    unified(tmp_path / "fs" / "user" / "mine.scope", "")
    above = unified(tmp_path / "fs" / "user", "memory pids")
    # A group that holds processes refuses to be told to; on plain files, nothing is left to be read.
    (above / "mine.scope" / "cgroup.controllers").write_text("cpu")
    process = fake(tmp_path, [("/", tmp_path / "fs", "cgroup2", "rw")], ["0::/user/mine.scope"])
    found = hierarchies(process)
    assert [(one.folder, one.version) for one in found] == [(above, 2)]


def test_a_container_sees_its_part_of_the_tree_only(tmp_path: Path) -> None:
    inner = tmp_path / "memory"
    inner.mkdir()
    mounts = [("/box/7", inner, "cgroup", "rw,memory")]
    for path, expected in (("/box/7", [inner]), ("/box/77", []), ("/box", []), ("/box/7/../8", [])):
        (tmp_path / path.strip("/").replace("/", "_")).mkdir()
        process = fake(tmp_path / path.strip("/").replace("/", "_"), mounts, [f"4:memory:{path}"])
        assert [one.folder for one in hierarchies(process)] == expected, path
    assert hierarchies(tmp_path / "nowhere") == []


def test_version_2_limits_are_written_and_its_counts_read(tmp_path: Path) -> None:
    place = Hierarchy(tmp_path, 2, frozenset({"memory", "pids"}))
    group = Group("one", [place], Limits(memory=64 * MIB, processes=7))
    assert group.walls == ["cgroup.memory", "cgroup.pids"]
    folder = tmp_path / "one"
    assert (folder / "memory.max").read_text() == str(64 * MIB)
    assert (folder / "pids.max").read_text() == "7"
    group.add(os.getpid())
    assert group.members() == [os.getpid()]
    assert group.memory() == (0, 0)
    assert group.killed() == 0
    (folder / "memory.current").write_text("5000\n")
    (folder / "memory.peak").write_text("9000\n")
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n")
    assert group.memory() == (5000, 9000)
    assert group.killed() == 2


def test_a_group_that_only_looks_like_one_is_not_believed(tmp_path: Path) -> None:
    groups = Groups([Hierarchy(tmp_path, 2, frozenset({"memory", "pids"}))])
    assert groups.walls == []
    assert groups.make("1", Limits(), os.getpid()) is None


def test_what_a_killed_grader_left_is_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    stale, alive = (
        tmp_path / f"sequence-grader-{ended.pid}-x-1",
        tmp_path / f"sequence-grader-{os.getpid()}-x-1",
    )
    for place in (stale, alive, tmp_path / "another"):
        place.mkdir()
    Groups([Hierarchy(tmp_path, 1, frozenset({"pids"}))])
    assert not stale.exists()
    assert alive.exists()


@pytest.fixture(scope="module")
def groups() -> Groups:
    found = Groups()
    if not {"cgroup.memory", "cgroup.pids"} <= set(found.walls):
        pytest.skip("this process may make no control groups here, or not of both kinds")
    return found


# Each child is ended before it can spread; the parent lives and would not mind.
COPES = """
import os
for _ in range(3):
    child = os.fork()
    if child == 0:
        kept = [bytearray(b"x") * (8 << 20) for _ in range(40)]
        os._exit(0)
    answer = os.waitpid(child, 0)[1]
    if answer:
        break
"""


@pytest.mark.parametrize("level", LEVELS)
def test_the_kernel_holds_a_whole_room(groups: Groups, level: str, tmp_path: Path) -> None:
    limits = Limits(memory=128 * MIB, processes=12)
    with house_of(level, tmp_path, limits) as house, house.guest(0) as room:
        assert {"cgroup.memory", "cgroup.pids"} <= set(room.walls)
        folders = room._group._folders if room._group else []
        assert len(folders) == len({place.folder for place in groups._places})
        room.go()
        tell(room, COPES)
        assert wait_for_end(room) or room.usage().verdict
        assert room.usage().verdict == "memory"
    assert not [folder for folder in folders if folder.exists()]


@pytest.mark.parametrize("level", LEVELS)
def test_after_the_cells_what_is_ended_for_memory_is_its_own_loss(
    groups: Groups, level: str, tmp_path: Path
) -> None:
    with house_of(level, tmp_path, Limits(memory=128 * MIB)) as house, house.guest(0) as room:
        room.go()
        room.settle()
        assert ask(room, COPES) == signal.SIGKILL
        assert room.usage().verdict is None
        assert ask(room, "answer = 1") == 1, "the waiting guest is unhurt"
        tell(room, "import signal; kept = [bytearray(b'x') * (8 << 20) for _ in range(40)]; signal.pause()")
        assert wait_for_end(room) or room.usage().verdict
        assert room.usage().verdict == "memory", "its own death ends the room"


@pytest.mark.parametrize("level", LEVELS)
def test_processes_of_one_room_are_no_loss_to_another(groups: Groups, level: str, tmp_path: Path) -> None:
    fill = """
    import os, signal
    made = 0
    try:
        for _ in range(40):
            if os.fork() == 0:
                signal.pause()
            made += 1
    except BlockingIOError:
        pass
    answer = made
    """
    with (
        house_of(level, tmp_path, Limits(processes=12)) as house,
        house.guest(0) as one,
        house.guest(1) as two,
    ):
        one.go()
        two.go()
        assert ask(one, fill) <= 11
        assert ask(two, "import os; answer = os.wait()[1] if os.fork() else os._exit(0)") == 0
        assert one.sweep(), "the keeper is not counted, so it can still work"
        assert ask(one, "answer = 1") == 1


def test_a_group_that_is_refused_later_refuses_the_room(groups: Groups, tmp_path: Path) -> None:
    with house_of("none", tmp_path) as house, house.guest(0) as room:
        place = house._groups._places[0]
        house._groups._places[0] = Hierarchy(tmp_path / "gone", place.version, place.controllers)
        with pytest.raises(SandboxError, match="control group"):
            house.guest(1)
        assert not list(place.folder.glob(f"{house._groups._prefix}-1-*"))
        assert room.usage().verdict is None
