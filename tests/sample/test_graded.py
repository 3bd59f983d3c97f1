"""Grading the sample class gives what each of its notebooks promises."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import record as records
from grader.record import Record
from tests.sample import make

CELL_SECONDS = 6
"""In place of the lesson's own limit: the notebook that never ends would take a minute to show it."""
pytestmark = pytest.mark.slow


def graded(lesson: str, folder: Path) -> dict[str, Record]:
    """The class's records by student, graded by the command line as a teacher would."""
    copied = folder / lesson
    shutil.copytree(make.FOLDER.parents[1] / "assignments" / lesson, copied)
    toml = copied / "lesson.toml"
    text = re.sub(r"^cell_cpu = .*\n", "", toml.read_text("utf-8"), flags=re.MULTILINE)
    toml.write_text(text.replace("[limits]", f"[limits]\ncell_cpu = {CELL_SECONDS}"), "utf-8")
    secret = folder / "secret"
    secret.write_bytes(b"a secret of the tests alone")
    class_, out = make.FOLDER / "class" / lesson, folder / "reports"
    command = ["grade", str(class_), "--lesson", str(copied), "--out", str(out), "--secret", str(secret)]
    ran = subprocess.run(
        [sys.executable, "-m", "grader", *command],
        cwd=make.FOLDER.parents[1],
        env={**os.environ, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    found = [records.decode(path.read_bytes()) for path in (out / lesson).glob("*.json")]
    return {record.student: record for record in found}


@pytest.mark.parametrize("lesson", ["rnn_basics", "packed_sequence"])
def test_every_notebook_gets_what_it_promises(lesson: str, tmp_path: Path) -> None:
    found = graded(lesson, tmp_path)
    students = [student for student in make.students() if student.lesson == lesson]
    assert sorted(found) == sorted(student.name for student in students)
    wrong = [told for student in students if (told := broken(student, found[student.name]))]
    assert not wrong, "\n".join(wrong)


def broken(student: make.Student, record: Record) -> str:
    """Which part of its promise a record breaks, in words; nothing where it keeps it."""
    promise = student.promise
    marks = "all" if record.score == record.max_score else "some" if record.score else "none"
    failed = [check for check in record.checks if check.state == "failed"]
    codes = [found.code for check in failed for found in check.findings[:1]]
    kept = (
        record.state == "graded"
        and record.run.state in promise.runs
        and marks == promise.marks
        and bool(failed) == bool(promise.finding)
        and (not promise.finding or bool(set(codes) & set(promise.finding)))
    )
    said = (
        f"{record.run.state}, {record.score:g} of {record.max_score:g}, {', '.join(codes) or 'nothing found'}"
    )
    return "" if kept else f"{student.name} ({student.about}): {said}"
