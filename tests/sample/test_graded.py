"""Grading the sample class gives what each of its notebooks promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.record import Record
from tests.cli.making import records
from tests.sample import make
from tests.sample.grading import LESSONS, graded

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_notebook_gets_what_it_promises(lesson: str, base: Path) -> None:
    found = records(graded(lesson, base))
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
