"""A class of 300 goes in by the real reader and out again: nobody is lost and nobody merged.

Homonyms, late marks, second attempts, Hangul in both Unicode forms, and some who handed in nothing.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.exchange.exports import canvas as to_canvas
from grader.exchange.exports import gradebook, nbgrader
from grader.exchange.exports import moodle as to_moodle
from grader.submission import Submission
from tests.exchange.exports.making import canvas_roster, keep, of, order_of, read_back, worksheet
from tests.exchange.exports.platforms import canvas, moodle, moodle_feedback
from tests.exchange.making import found, notebook, put, zipped

SURNAMES = ("Kim", "Lee", "김", "이", "O'Neil-Park")
GIVEN = ("Mina", "Jun", "민아", "길동", "Anna Lena")
FORMS = ("NFC", "NFD")


@dataclass(frozen=True)
class Student:
    """Of 300 there are 50 names, so that each is six people's, half of them in each Unicode form."""

    number: int

    @property
    def last(self) -> str:
        return unicodedata.normalize(FORMS[self.number // 25 % 2], SURNAMES[self.number % 5])

    @property
    def first(self) -> str:
        return unicodedata.normalize(FORMS[self.number // 25 % 2], GIVEN[self.number // 5 % 5])

    @property
    def name(self) -> str:
        return f"{self.last} {self.first}"

    @property
    def id(self) -> str:
        return str(1000 + self.number)

    @property
    def handed_in(self) -> bool:
        return self.number % 10 != 9

    @property
    def late(self) -> bool:
        return self.number % 7 == 0

    @property
    def score(self) -> float:
        """Everybody's own, so that a mix-up shows."""
        return round(self.number / 15, 4)


CLASS = [Student(number) for number in range(300)]
HANDED_IN = [student for student in CLASS if student.handed_in]
SCORES = {student.id: student.score for student in HANDED_IN}


def in_moodle() -> dict[str, bytes]:
    files = {}
    for student in HANDED_IN:
        folder = f"{student.name}_{student.id}_assignsubmission_file"
        files[f"{folder}/lab 홍.ipynb"] = notebook(student.id)
        if student.number % 11 == 0:
            files[f"{folder}/a draft.txt"] = b""
    return files


def in_canvas() -> dict[str, bytes]:
    files = {}
    for student in HANDED_IN:
        plain = re.sub(r"[^\w]", "", f"{student.last}{student.first}".lower())
        first = f"{plain}_{student.id}_{50_000 + student.number}_lab.ipynb"
        again = f"{plain}{'_LATE' if student.late else ''}_{student.id}_{60_000 + student.number}_lab-1.ipynb"
        if student.number % 5 == 0:
            files[first] = notebook("first attempt")
        files[again] = notebook(student.id)
    return files


def everybody(submissions: list[Submission]) -> None:
    assert len({s.student_id for s in submissions}) == len(submissions) == len(HANDED_IN)
    assert {s.student_id: s.content for s in submissions} == {s.id: notebook(s.id) for s in HANDED_IN}


def graded(tmp_path: Path, submissions: list[Submission]) -> Path:
    return keep(tmp_path / "reports", [of(s, SCORES[s.student_id]) for s in submissions])


@pytest.mark.parametrize("packed", [True, False])
def test_moodle(tmp_path: Path, packed: bool) -> None:
    files = in_moodle()
    source = zipped(tmp_path / "in.zip", files) if packed else put(tmp_path / "in", files)
    submissions = found(source)
    everybody(submissions)
    assert {s.student_id: s.student for s in submissions} == {s.id: s.name for s in HANDED_IN}
    folder = graded(tmp_path, submissions)
    roster = worksheet([(student.name, student.id) for student in CLASS], most="20.00")
    done = to_moodle.written(order_of(folder, roster))
    assert done.content is not None
    assert moodle(done.content, 20) == SCORES
    archive = done.beside["-feedback.zip"]
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        folders = {name.split("/")[0] for name in opened.namelist()}
    # To the byte: a name that was composed on its way would be another folder.
    assert folders == {name.split("/")[0] for name in files}
    feedback = moodle_feedback(archive, {student.id for student in CLASS})
    assert {one: len(pages) for one, pages in feedback.items()} == dict.fromkeys(SCORES, 1)
    fates = [one.fate for one in done.outcomes]
    assert {fate: fates.count(fate) for fate in set(fates)} == {"written": 270, "missing": 30}
    kept = zip(read_back(roster), read_back(done.content), strict=True)
    assert all(old[:4] + old[5:] == new[:4] + new[5:] for old, new in kept)


@pytest.mark.parametrize("packed", [True, False])
def test_canvas(tmp_path: Path, packed: bool) -> None:
    files = in_canvas()
    source = zipped(tmp_path / "in.zip", files) if packed else put(tmp_path / "in", files)
    submissions = found(source)
    everybody(submissions)
    assert {s.student_id for s in submissions if s.late} == {s.id for s in HANDED_IN if s.late}
    again = {s.id for s in HANDED_IN if s.number % 5 == 0}
    assert {s.student_id for s in submissions for n in s.notes if n.code == "note.resubmitted"} == again
    folder = graded(tmp_path, submissions)
    roster = canvas_roster([(f"{s.last}, {s.first}", s.id) for s in CLASS], [("CNN (77)", "20")])
    done = to_canvas.written(order_of(folder, roster))
    assert done.content is not None
    upload = canvas(done.content, {student.id for student in CLASS}, {})
    assert {one: float(grade) for (one, _), grade in upload.changed.items()} == SCORES
    assert (upload.new_students, upload.new_assignments, upload.deleted) == ([], {}, [])
    assert [row[:5] for row in read_back(done.content)] == [row[:5] for row in read_back(roster)]
    for write in (gradebook.written, nbgrader.written):
        table = read_back(write(order_of(folder)).content or b"")
        at = table[0].index("student_id"), table[0].index("score" if "score" in table[0] else "cnn")
        assert {row[at[0]]: float(row[at[1]]) for row in table[1:]} == SCORES
        assert len(table) == len(HANDED_IN) + 1
