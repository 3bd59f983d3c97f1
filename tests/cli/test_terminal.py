"""`grader grade` at a real terminal, and Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from rich.cells import cell_len

from grader.sandbox.processes import tree
from tests.cli.classes import HANGUL, F
from tests.cli.making import SECONDS, environment, lesson, notebook, records

CHECK = "def test_f(student):\n    assert student.f(1) == 2\n"
BUSY = "for n in range(40):\n    sum(range(10**6))"
"""Long enough for the live line to be drawn while it runs."""
WIDTH = 80
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def test_a_terminal_shows_a_live_line_no_wider_than_itself(tmp_path: Path) -> None:
    lesson(tmp_path, checks=CHECK, reference=notebook(F))
    (tmp_path / "class").mkdir()
    for name in ("kim", HANGUL * 3, "lee"):
        (tmp_path / "class" / f"{name}.ipynb").write_bytes(notebook(F, BUSY))
    child = pexpect.spawn(
        sys.executable,
        ["-m", "grader", "grade", "class", "--out", "out", "--lang", "ko", "--jobs", "1"],
        cwd=str(tmp_path),
        env={**environment(tmp_path), "TERM": "xterm-256color"},  # type: ignore[arg-type]
        dimensions=(24, WIDTH),
        encoding="utf-8",
        timeout=SECONDS,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    shown: str = child.before
    assert "\x1b[?25l" in shown  # the live line hides the cursor
    assert "\x1b[?25h" in shown  # and gives it back
    lines = re.split("[\r\n]+", ESCAPE.sub("", shown))
    assert max(cell_len(line) for line in lines) <= WIDTH
    assert any(line.endswith("0/3") for line in lines)
    assert any(line.startswith("  지금: kim ") for line in lines)
    assert [line for line in lines if line.startswith("  ✓ kim ")]
    ends = {cell_len(line.partition("1/1")[0]) for line in lines if line.startswith("  ✓ ")}
    assert len(ends) == 1


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, str, list[int]]:
    """A run that met Ctrl-C while two notebooks ran and two waited: the folder, the status, what was said,
    and which of the processes that it had were still there a little later."""
    root = tmp_path_factory.mktemp("interrupted")
    lesson(root, checks=CHECK, reference=notebook(F))
    lesson(root, checks=CHECK, reference=notebook(F), name="zeta")
    (root / "class").mkdir()
    (root / "class" / "a.ipynb").write_bytes(notebook(F))
    for name in ("b", "c", "d"):
        (root / "class" / f"{name}.ipynb").write_bytes(notebook(F, "while True:\n    pass"))
    (root / "class" / "z.ipynb").write_bytes(notebook(F, lesson="zeta"))
    driver = subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", "class", "--out", "out", "--jobs", "2"],
        cwd=root,
        env={**environment(root), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    assert driver.stdout is not None
    said = ""
    for line in driver.stdout:
        said += line
        if line.startswith("  ✓ a "):
            break
    handles = {pid: handle for pid in tree(driver.pid)[1:] for handle in opened(pid)}
    try:
        os.killpg(driver.pid, signal.SIGINT)
        said += driver.communicate(timeout=SECONDS)[0]
        left = [pid for pid, handle in handles.items() if not ended(handle)]
    finally:
        driver.kill()
        for handle in handles.values():
            os.close(handle)
    assert len(handles) >= 4
    return root, driver.returncode, said, left


def opened(pid: int) -> Iterator[int]:
    with contextlib.suppress(ProcessLookupError):
        yield os.pidfd_open(pid)


def ended(handle: int) -> bool:
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(10_000))


def test_ctrl_c_ends_every_process(interrupted: tuple[Path, int, str, list[int]]) -> None:
    assert interrupted[3] == []


def test_ctrl_c_keeps_what_is_done_and_nothing_else(interrupted: tuple[Path, int, str, list[int]]) -> None:
    out = interrupted[0] / "out"
    assert sorted(records(out / "tiny")) == ["a"]
    names = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    expected = ["a.html", "a.json", "gradebook.csv", "index.html", "instructor/a.html"]
    assert names == [f"tiny/{name}" for name in expected]


def test_ctrl_c_says_how_far_it_came_and_is_no_success(
    interrupted: tuple[Path, int, str, list[int]],
) -> None:
    _, status, said, _ = interrupted
    assert status == 1
    assert "1 of 4 graded" in said
    assert "Traceback" not in said
