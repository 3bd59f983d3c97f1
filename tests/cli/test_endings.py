"""A run that is ended before its end: what is kept, what is said, and that nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.leftover import Children
from tests.cli.making import SECONDS, environment, lesson, notebook, records

F = "def f(x):\n    return x + 1"
FOREVER = "while True:\n    pass"
CHECK = "def test_f(student):\n    assert student.f(1) == 2\n"


@dataclass(frozen=True)
class Ended:
    """What is there after a run: its folder, its status, what it said, and processes that should not be."""

    root: Path
    status: int
    said: str
    children: int
    left: list[int]


def run(root: Path, after: str, signals: Sequence[signal.Signals]) -> Ended:
    """Grades a class of which one can be graded; sends `signals` when a line begins with `after`.

    Without signals, the reader of what is said goes at that line.
    """
    lesson(root, checks=CHECK, reference=notebook(F))
    lesson(root, checks=CHECK, reference=notebook(F), name="zeta")
    (root / "class").mkdir()
    (root / "class" / "a.ipynb").write_bytes(notebook(F))
    for name in ("b", "c", "d"):
        (root / "class" / f"{name}.ipynb").write_bytes(notebook(F, FOREVER))
    (root / "class" / "z.ipynb").write_bytes(notebook(F, lesson="zeta"))
    driver = subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", "class", "--out", "out", "--jobs", "2"],
        cwd=root,
        env=environment(root),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
        encoding="utf-8",
    )
    assert driver.stdout is not None
    assert driver.stderr is not None
    try:
        said = ""
        for line in driver.stdout:
            said += line
            if line.startswith(after):
                break
        children = Children(driver.pid)
        for number in signals:
            os.killpg(driver.pid, number)
        if not signals:
            driver.stdout.close()
            with driver.stderr:
                said += driver.stderr.read()
            driver.wait(SECONDS)
        else:
            said += "".join(driver.communicate(timeout=SECONDS))
    finally:
        driver.kill()
    return Ended(root, driver.returncode, said, len(children), children.left())


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """Ctrl-C, while two notebooks ran and two lessons were not done."""
    return run(tmp_path_factory.mktemp("interrupted"), "  ✓ a ", [signal.SIGINT])


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A polite kill, and at once another of the same."""
    return run(tmp_path_factory.mktemp("killed"), "  ✓ a ", [signal.SIGTERM, signal.SIGTERM])


@pytest.fixture(scope="module")
def unread(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """`grader grade class | head -1`"""
    return run(tmp_path_factory.mktemp("unread"), "tiny", [])


def test_nothing_is_left_running(interrupted: Ended, killed: Ended) -> None:
    for ended in (interrupted, killed):
        assert ended.children >= 4
        assert ended.left == []


def test_what_is_done_is_kept_and_nothing_else(interrupted: Ended, killed: Ended, unread: Ended) -> None:
    for ended in (interrupted, killed, unread):
        out = ended.root / "out"
        assert sorted(records(out / "tiny")) == ["a"]
        files = [path.relative_to(out) for path in out.rglob("*") if path.is_file()]
        names = sorted(str(path) for path in files if ".journal" not in path.parts)
        expected = ["a.html", "a.json", "gradebook.csv", "index.html", "instructor/a.html"]
        assert names == [f"tiny/{name}" for name in expected]


def test_it_says_how_far_it_came_and_how_to_go_on(interrupted: Ended, killed: Ended) -> None:
    for ended in (interrupted, killed):
        assert "1 of 5 graded." in ended.said
        assert "b, c, d, z" in ended.said
        assert str(Path("out/tiny/index.html")) in ended.said
        assert "it goes on from here and grades the 4 that are left" in ended.said


def test_the_status_is_that_of_the_signal(interrupted: Ended, killed: Ended, unread: Ended) -> None:
    assert interrupted.status == 128 + signal.SIGINT == 130
    assert killed.status == 128 + signal.SIGTERM
    assert unread.status == 128 + signal.SIGPIPE


def test_there_is_no_traceback(interrupted: Ended, killed: Ended, unread: Ended) -> None:
    for ended in (interrupted, killed, unread):
        assert "Traceback" not in ended.said
        assert "Exception ignored" not in ended.said
    assert unread.said == "tiny   4 submissions, 2 at a time\n"


IMPATIENT = """
import os, signal, subprocess
from grader.commands import ending

with ending.heard():
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except ending.Interrupted as first:
        print(ending.status_of(first))
    child = subprocess.Popen(["sleep", "1000"])
    os.kill(os.getpid(), signal.SIGINT)
    print(child.poll())
    ending._MOMENT = -1.0
    os.kill(os.getpid(), signal.SIGINT)
    print(child.wait())
"""


def test_a_second_ctrl_c_kills_what_is_left_but_not_within_a_moment(tmp_path: Path) -> None:
    command = [sys.executable, "-c", IMPATIENT]
    done = subprocess.run(
        command, env=environment(tmp_path), capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.stdout.split() == ["130", "None", "-9"], done.stderr
