"""Levels from outside: as root and as an ordinary user, and where the kernel refuses one or all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.record import Record
from grader.sandbox import Examined, processes
from grader.sandbox.handles import readable
from tests.cli.making import lesson, notebook, records
from tests.sandbox.others import (
    NO_LANDLOCK,
    NO_NAMESPACES,
    USER,
    environment_for,
    folder_of,
    interpreter,
    run_as,
    run_refused,
)
from tests.sandbox.rooms import DAEMON, LEVELS

CHECKS = """
def test_adds_one(student):
    assert student.f(3) == 4
"""
F = "def f(x):\n    return x + 1"
LIMITS = """
cell_cpu = 3
memory = "400 MiB"
processes = 24
output = 20000
"""
CLASS = {
    "first": (F, "finished"),
    "endless": (
        F + "\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "out_of_time",
    ),
    "hungry": (F + "\nkept = [bytearray(b'x') * (8 << 20) for _ in range(80)]", "out_of_memory"),
    "forks": (F + "\nimport os, signal\nfor _ in range(60):\n    if os.fork() == 0: signal.pause()", None),
    "talks": (F + "\nfor n in range(9000): print('line', n)", "too_much_output"),
    "daemon": (F + DAEMON, "finished"),
    "kills": (
        F + "\nimport os, signal\ntry:\n    os.kill(os.getppid(), signal.SIGKILL)\nexcept OSError: pass",
        None,
    ),
    "zlast": (F, "finished"),
}
"""By student: what the only cell does, and the state of the run (None: depends on the level)."""


def course(root: Path, *students: str) -> None:
    lesson(root, checks=CHECKS, limits=LIMITS, reference=notebook(F))
    (root / "class").mkdir()
    for name in students or CLASS:
        (root / "class" / f"{name}.ipynb").write_bytes(notebook(CLASS[name][0]))


@pytest.fixture(scope="module")
def ordinary() -> Iterator[Path]:
    """A Python that an ordinary user can start."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user; all other tests run as an ordinary one already")
    if interpreter() is None:
        pytest.skip("there is no Python of this version here that other users may start")
    with folder_of(0) as folder:
        yield environment_for(folder / "venv")


@pytest.mark.parametrize("level", LEVELS)
def test_an_ordinary_user_grades_behind_each_level(
    ordinary: Path, examined: dict[str, Examined], level: str
) -> None:
    if not examined[level].works:
        pytest.skip(examined[level].detail)
    with folder_of(USER) as root:
        # Without walls nothing keeps these from harming their own user, so the others are not tried.
        few = ("first", "endless", "hungry", "zlast")
        students = [name for name in CLASS if level != "none" or name in few]
        course(root, *students)
        done = run_as(
            USER, ordinary, root, "grade", "class", "--sandbox", level, "--jobs", "1", "--lang", "en"
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        graded = records(root / "out" / "tiny" if (root / "out").exists() else root / "reports" / "tiny")
        assert not [pid for pid in processes.owned_by(USER) if not _ends(pid)], "nothing has outlived its run"
    assert sorted(graded) == sorted(students)
    for name, record in graded.items():
        _as_expected(name, record, level)


def _ends(pid: int) -> bool:
    """Whether the process has ended, or does so soon: what was killed may still be on its way out."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return readable(handle, 20)
    finally:
        os.close(handle)


def _as_expected(name: str, record: Record, level: str) -> None:
    assert record.environment.sandbox == level
    assert not any(wall.startswith(("cgroup.", "own_user")) for wall in record.environment.walls)
    state = CLASS[name][1]
    assert state in (None, record.run.state), (name, record.run)
    if name in ("first", "zlast", "daemon", "talks"):
        assert record.score == record.max_score, (name, record.checks)
    if name == "forks":
        # At landlock the watchdog counts, and ends the room; elsewhere the kernel refuses the fork.
        assert record.run.state == ("died" if level == "landlock" else "cell_failed"), record.run
    if name == "forks" and level == "bubblewrap":
        assert record.score == record.max_score, "what was defined before is judged all the same"


def test_doctor_says_the_same_to_an_ordinary_user(ordinary: Path, examined: dict[str, Examined]) -> None:
    with folder_of(USER) as root:
        done = run_as(USER, ordinary, root, "doctor")
    works = [level for level in LEVELS if examined[level].works]
    said = " ".join(done.stdout.split())
    assert said.count("no control group can be made here") == len(works)
    assert said.count("by best effort") == len({"landlock", "none"} & set(works))
    assert all(f"✓ {level}" in done.stdout for level in works), done.stdout + done.stderr
    assert done.returncode == 0


def test_where_namespaces_are_refused_landlock_is_taken(
    examined: dict[str, Examined], tmp_path: Path
) -> None:
    if not examined["landlock"].works:
        pytest.skip(examined["landlock"].detail)
    course(tmp_path, "first")
    done = run_refused(NO_NAMESPACES, tmp_path, "grade", "class", "--out", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    (record,) = records(tmp_path / "out" / "tiny").values()
    assert record.environment.sandbox == "landlock"
    assert record.score == record.max_score
    refused = run_refused(NO_NAMESPACES, tmp_path, "grade", "class", "--sandbox", "bubblewrap", "--out", "no")
    assert refused.returncode == 2
    assert "bubblewrap: " in refused.stderr
    assert not (tmp_path / "no").exists()


def test_where_nothing_works_it_is_refused_and_said(tmp_path: Path) -> None:
    course(tmp_path, "first")
    for arguments in (["grade", "class"], ["check", "class/first.ipynb"], ["prove", "tiny"]):
        done = run_refused(NO_LANDLOCK, tmp_path, *arguments)
        assert done.returncode == 2, done.stdout + done.stderr
        for said in ("--sandbox none", "bubblewrap: ", "landlock: "):
            assert said in done.stderr
        assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "reports").exists()
    doctor = run_refused(NO_LANDLOCK, tmp_path, "doctor")
    assert doctor.returncode == 1
    assert "No wall stands here" in doctor.stdout
    asked = run_refused(NO_LANDLOCK, tmp_path, "grade", "class", "--sandbox", "none", "--out", "out")
    assert asked.returncode == 0, asked.stdout + asked.stderr
    (record,) = records(tmp_path / "out" / "tiny").values()
    assert record.environment.sandbox == "none"
