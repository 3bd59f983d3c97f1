"""A small class whose grading is killed; what has to be true of what that leaves, and of the next run."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.cli.making import SECONDS, environment, lesson, notebook, record, run, timeless

CHECKS = """
def test_f(student):
    assert student.f(1) == 2

@pytest.mark.points(2)
def test_large(student, draw):
    number = int(draw.integers(10, 10**6, 1)[0])
    assert student.f(number) == number + 1
"""
STUDENTS = {
    "ahn": "def f(x):\n    return x + 1",
    "baek": "def f(x):\n    return x",
    "cho": "def f(x):\n    raise NotImplementedError()",
    "do": "def f(x):\n    return 1 + x\n1 / 0",
    "eom": "def f(x):\n    return 2 if x == 1 else 0",
}
COMMAND = ("grade", "class", "--out", "out", "--jobs", "2")


def course(root: Path) -> None:
    """The lesson and the class, and in `root/whole` what an undisturbed run writes."""
    lesson(root, checks=CHECKS, reference=notebook(STUDENTS["ahn"]))
    (root / "class").mkdir()
    for name, source in STUDENTS.items():
        (root / "class" / f"{name}.ipynb").write_bytes(notebook(source, f"print({name!r})"))
    (root / "tmp").mkdir()
    done = run(root, *COMMAND, env=surroundings(root))
    assert done.returncode == 0, done.stderr
    (root / "out").rename(root / "whole")


def surroundings(root: Path) -> dict[str, str]:
    return environment(root, TMPDIR=str(root / "tmp"))


def begun(root: Path, *program: str) -> subprocess.Popen[str]:
    """The same command in a process that can be killed; `program` runs the command line in another way."""
    return subprocess.Popen(
        [sys.executable, *(program or ("-m", "grader")), *COMMAND],
        cwd=root,
        env=surroundings(root),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )


def results(out: Path) -> int:
    """How many results the journal holds, also of a run that was killed."""
    return _counted(out, "result")


def over(out: Path) -> bool:
    """Whether the last run came to its end: the next one is then compared with it."""
    return _counted(out, "run WHERE before IS NULL") > 0


def _counted(out: Path, what: str) -> int:
    path = out / ".journal" / "tiny" / "results.sqlite"
    if not path.exists() or path.stat().st_size == 0:
        return 0
    journal = sqlite3.connect(path)
    try:
        if not journal.execute("SELECT name FROM sqlite_master WHERE name = 'result'").fetchall():
            return 0
        return int(journal.execute(f"SELECT count(*) FROM {what}").fetchone()[0])
    finally:
        journal.close()


def sound(out: Path) -> None:
    """Every record and page that lies there is whole, whatever happened."""
    for path in (out / "tiny").glob("*.json"):
        assert record(path).student in STUDENTS
    for path in (out / "tiny").rglob("*.html"):
        assert path.read_text("utf-8").rstrip().endswith("</html>"), path


def gone_on(root: Path) -> None:
    """Runs the command to its end: what was done is not done again, and all is as if undisturbed."""
    kept, compared = results(root / "out"), over(root / "out")
    # What was left a minute ago must be gone afterwards.
    houses = list((root / "tmp").glob("grader-house-*"))
    for house in houses:
        os.utime(house, (1, 1))
    done = subprocess.run(
        [sys.executable, "-m", "grader", *COMMAND],
        cwd=root,
        env=surroundings(root),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counted = re.search(r"(\d+) unchanged", done.stdout)
    assert int(counted[1] if counted else 0) == kept, done.stdout
    if compared:
        (root / "out" / "tiny" / "instructor" / "regrade.json").unlink()
    same(root / "whole" / "tiny", root / "out" / "tiny")
    assert not [house for house in houses if house.exists()]


def same(whole: Path, out: Path) -> None:
    """Times aside, the same files with the same results."""
    assert names(out) == names(whole)
    for path in whole.glob("*.json"):
        assert timeless(record(out / path.name)) == timeless(record(path)), path.name
    assert _book(out) == _book(whole)
    sound(out.parent)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _book(folder: Path) -> list[str]:
    return (folder / "gradebook.csv").read_text("utf-8-sig").splitlines()
