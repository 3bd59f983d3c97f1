"""What student code finds around itself."""

from __future__ import annotations

from pathlib import Path

import pytest

import grader
from grader.sandbox import House, Room
from tests.sandbox.rooms import ask, refused

DESCRIPTORS = """
import os, stat
answer = {}
for fd in range(4096):
    try:
        found = os.fstat(fd)
    except OSError:
        continue
    answer[str(fd)] = [stat.S_IFMT(found.st_mode), found.st_nlink, os.get_inheritable(fd)]
"""

NAMESPACES = {f"namespace.{name}" for name in ("user", "pid", "mount", "ipc", "uts", "net", "cgroup")}
INNER = {"no_new_privs", "no_capabilities", "core", "limits", "landlock.write", "seccomp"}
CGROUPS = {"cgroup.memory", "cgroup.pids"}
ENVIRONMENT = {
    "PATH", "HOME", "TMPDIR", "LANG", "PYTHONPATH", "PYTHONHASHSEED", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE",
    "PYTHONNOUSERSITE", "OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
    "CUDA_VISIBLE_DEVICES", "MPLBACKEND", "GRADER_DATA",
}  # fmt: skip


def test_descriptors_are_exactly_four(room: Room) -> None:
    import stat

    found = ask(room, DESCRIPTORS)
    assert sorted(found) == ["0", "1", "2", "3"]
    assert found["0"][0] == stat.S_IFCHR
    assert found["1"][:2] == found["2"][:2] == [stat.S_IFREG, 0], "the outputs are files without a name"
    assert found["3"] == [stat.S_IFSOCK, 1, False], "the socket is not passed on to programs"


def test_walls_are_told(house: House, room: Room) -> None:
    stood = set(room.walls)
    if house.level == "none":
        assert stood - CGROUPS == {"core"}
    else:
        assert stood >= INNER
    if house.level == "bubblewrap":
        assert stood >= NAMESPACES | {"disk"}
    if house.level == "landlock":
        assert "landlock.read" in stood


def test_environment_is_fixed(room: Room) -> None:
    found = ask(room, "import os; answer = dict(os.environ)")
    assert set(found) - {"LD_LIBRARY_PATH", "PWD", "LC_CTYPE"} == ENVIRONMENT
    assert found["PYTHONHASHSEED"] == "0"


def test_hashes_are_the_same_in_every_room(house: House) -> None:
    found = []
    for slot in (0, 1):
        with house.guest(slot) as room:
            room.go()
            found.append(ask(room, "answer = hash('sequence')"))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", ["pytest", "_pytest", "grader.judge", "grader.lesson", "nbformat", "click"])
def test_the_judge_is_not_there(room: Room, name: str) -> None:
    assert refused(room, f"import {name}") == "ModuleNotFoundError"


def test_a_left_over_import_of_the_grader_is_harmless(room: Room) -> None:
    assert ask(room, "import grader; grader.check('q1'); grader.Notebook('x').check(2); answer = 1") == 1


@pytest.mark.parametrize("name", ["numpy", "msgspec", "matplotlib", "IPython"])
def test_the_packages_of_lessons_are_there(room: Room, name: str) -> None:
    assert ask(room, f"import {name}; answer = {name}.__name__") == name


def test_packages_of_the_interpreters_own_folder_are_not_read(walled: Room) -> None:
    assert refused(walled, "import pip") == "ModuleNotFoundError"


def test_nothing_of_the_project_can_be_read(walled: Room) -> None:
    project = Path(grader.__file__).parents[1]
    for place in (project, project / "grader" / "errors.py", Path(__file__), Path("/etc/shadow")):
        name = refused(walled, f"import os; os.listdir({str(place)!r})")
        assert name in ("FileNotFoundError", "PermissionError", "NotADirectoryError")
        if place != project:
            assert refused(walled, f"open({str(place)!r}).read()") in ("FileNotFoundError", "PermissionError")


def test_the_lessons_data_can_be_read_and_not_written(walled: Room) -> None:
    place = "import os; place = os.environ['GRADER_DATA'] + '/a_lesson/words.txt'"
    assert ask(walled, f"{place}; answer = open(place).read()") == "hello\n"
    assert refused(walled, f"{place}; open(place, 'w')") in ("OSError", "PermissionError")
    change = f"{place}; before = os.stat(place); how = None\n"
    for attempt in ("os.chmod(place, 0o777)", "os.utime(place, (0, 0))"):
        change += f"try: {attempt}\nexcept OSError: pass\n"
    assert ask(walled, change + "answer = os.stat(place) == before")


@pytest.mark.parametrize("place", ["/", "/usr/bin", "/etc", "/dev", "/proc", "/var", "/guest", "/packages"])
def test_nothing_outside_the_room_can_be_written(walled: Room, place: str) -> None:
    how = refused(walled, f"open({place!r} + '/left_behind', 'w')")
    assert how in ("OSError", "PermissionError", "FileNotFoundError")
    assert not Path(place, "left_behind").exists()


def test_home_and_temporary_folder_can_be_written(room: Room) -> None:
    source = """
    import os, tempfile, pathlib
    pathlib.Path.home().joinpath("model.pt").write_bytes(b"12")
    pathlib.Path("here.txt").write_text("x")
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"34")
    answer = sorted(os.listdir(pathlib.Path.home()))
    """
    assert ask(room, source) == ["here.txt", "model.pt"]


def test_programs_run(room: Room) -> None:
    source = """
    import subprocess
    answer = subprocess.run(["bash", "-c", "echo $((6*7)) | cat"], capture_output=True, text=True).stdout
    """
    assert ask(room, source) == "42\n"


def test_there_is_no_proc(walled: Room) -> None:
    assert refused(walled, "open('/proc/self/mem', 'rb')") in ("FileNotFoundError", "PermissionError")
    assert refused(walled, "open('/proc/1/cmdline', 'rb')") in ("FileNotFoundError", "PermissionError")
