"""`grader check` on a Python that lacks what Windows lacks, with its console, line ends and names."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.record import decode
from tests.live.conftest import ROOT, hanging_lesson

POOR = Path(__file__).parent / "poor"
NEVER = {"resource", "fcntl", "termios", "pwd", "grp", "pty"}


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hanging_lesson(tmp_path_factory.mktemp("한글 폴더"))


def poor(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`grader ARGUMENTS` in `folder`, where much is missing; its output read as its console would."""
    path = os.pathsep.join((str(POOR), str(ROOT)))
    return subprocess.run(
        [sys.executable, "-X", "utf8=0", "-m", "grader", *arguments],
        cwd=folder,
        env={"PATH": "", "PYTHONPATH": path, "PYTHONIOENCODING": "cp949", "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="cp949",
        timeout=300,
        check=False,
    )


def notebook(folder: Path, name: str, *cells: str) -> Path:
    """A notebook with the line ends of Windows."""
    made = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    text = json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    (folder / name).write_bytes(text.replace("\n", "\r\n").encode())
    return folder / name


def test_without_walls_it_is_asked_for_and_says_what_to_type(lesson):
    done = poor(lesson, "check", "과제 하나.ipynb", "--lesson", ".")
    assert done.returncode == 2
    assert "--sandbox none" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_notebook_is_checked_and_the_record_says_how(lesson):
    done = poor(
        lesson,
        "check",
        "과제 하나.ipynb",
        "--lesson",
        ".",
        "--sandbox",
        "none",
        "--lang",
        "ko",
        "--out",
        "내 결과",
    )
    assert done.returncode == 1, done.stderr  # `g` is not there
    assert "과제 하나" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    folder = lesson / "내 결과" / "과제 하나"
    record = decode(next(folder.glob("*.json")).read_bytes())
    assert {check.id: check.state for check in record.checks} == {
        "test_f_adds_one": "passed",
        "test_g_adds_two": "failed",
    }
    assert record.environment.sandbox == "none"
    assert "note.without_forks" in [note.code for note in record.notes]
    assert next(folder.glob("*.html")).read_text("utf-8").startswith("<!doctype html>")


def test_what_hangs_or_ends_its_process_costs_its_own_check(lesson):
    cell = "def f(x):\n    import os\n    os._exit(3)\ndef g(x):\n    return x + 2\n"
    notebook(lesson, "끝.ipynb", "pass", cell, "1/0")
    done = poor(lesson, "check", "끝.ipynb", "--lesson", ".", "--sandbox", "none", "--all", "--out", "b")
    record = decode((lesson / "b" / "과제 하나" / "끝.json").read_bytes())
    states = {check.id: (check.state, *[one.code for one in check.findings]) for check in record.checks}
    assert states == {"test_f_adds_one": ("failed", "notebook.died"), "test_g_adds_two": ("passed",)}
    assert (record.run.state, record.run.cell) == ("cell_failed", 3)
    assert done.returncode == 1


def test_a_cell_that_ends_its_process_leaves_what_was_before_it(lesson):
    cell = "def f(x):\n    while x:\n        pass\n    return 1\n"
    notebook(lesson, "죽음.ipynb", cell, "def g(x):\n    return x + 2", "import os\nos._exit(4)", "g = 1")
    poor(lesson, "check", "죽음.ipynb", "--lesson", ".", "--sandbox", "none", "--out", "c")
    record = decode((lesson / "c" / "과제 하나" / "죽음.json").read_bytes())
    states = {check.id: (check.state, *[one.code for one in check.findings]) for check in record.checks}
    assert states == {"test_f_adds_one": ("failed", "call.out_of_time"), "test_g_adds_two": ("passed",)}
    assert (record.run.state, record.run.cell) == ("died", 3)


def test_a_file_that_is_no_notebook_is_explained(lesson):
    (lesson / "text.ipynb").write_text("no notebook")
    done = poor(lesson, "check", "text.ipynb", "--lesson", ".", "--sandbox", "none")
    assert done.returncode == 1, done.stderr
    assert "cannot be read" in done.stdout


def test_nothing_on_this_way_imports_what_only_some_systems_have():
    code = (
        "import sys, grader.cli, grader.commands.check, grader.commands.checking_alone, grader.judge.run\n"
        "import grader.guest.front, grader.guest.copying, grader.guest.alone, grader.live.judge\n"
        "print(*[m.__file__ for n, m in sys.modules.items() if n.startswith('grader') and m.__file__])"
    )
    path = os.pathsep.join((str(POOR), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    imported = done.stdout.split()
    assert len(imported) > 100
    for name in imported:
        for node in ast.walk(ast.parse(Path(name).read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not NEVER & set(names), name
