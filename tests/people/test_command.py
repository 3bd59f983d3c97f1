"""`grader override` and a second grading, from outside: a class with a check that a person marks."""

from __future__ import annotations

import csv
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.record import Record
from grader.regrade import Regrade, decode
from tests.cli.making import lesson, notebook, once, record, records, run
from tests.report.outline import Outline

F = "def f(x):\n    return x + 1"
CHECKS = """
@pytest.mark.points(2)
def test_adds_one(student, draw):
    number = int(draw.integers(0, 1000, 1)[0])
    assert student.f(number) == number + 1

@pytest.mark.points(3)
@pytest.mark.manual
@pytest.mark.needs("test_adds_one")
def test_explains(student):
    pass

@pytest.mark.points(5)
def test_large(student):
    assert student.f(10**6) == 10**6 + 1
"""
LATE = "due = 2026-12-01T23:59:00+09:00\n[late]\nper_day = 10\n"
COMMENT = "생각은 맞습니다.\n<script>alert('x')</script> \"quoted\" & =1+1"
HANGUL = "김하늘"


@dataclass(frozen=True)
class Course:
    """The course's folder, and what each command there said, in order."""

    root: Path

    @property
    def out(self) -> Path:
        return self.root / "out" / "tiny"

    def of(self, step: str) -> dict[str, Record]:
        return records(self.root / step / "tiny")

    def said(self, step: str) -> str:
        return (self.root / f"{step}.txt").read_text("utf-8")


def story(root: Path) -> None:
    """Grades a class, gives points by hand, grades it again with other notebooks and a namesake."""
    folder = lesson(root, checks=CHECKS, reference=notebook(F))
    toml = folder / "lesson.toml"
    toml.write_text(toml.read_text("utf-8").replace("seed = 0\n", f"seed = 0\n{LATE}"), "utf-8")
    small = "def f(x):\n    return x + 1 if x < 10**6 else 0"
    class_ = root / "class"
    class_.mkdir()
    for name, cell in {HANGUL: F, "kim": F, "small": small, "wrong": "def f(x):\n    return x"}.items():
        (class_ / f"{name}.ipynb").write_bytes(notebook(cell))

    def step(name: str, *commands: list[str]) -> None:
        done = [run(root, *command) for command in commands]
        (root / f"{name}.txt").write_text(
            "".join(f"{one.stdout}{one.stderr}[{one.returncode}]\n" for one in done), "utf-8"
        )
        subprocess.run(["cp", "-r", str(root / "out"), str(root / name)], check=True)

    grade = ["grade", "class", "--out", "out"]
    step("graded", grade)
    step(
        "given",
        ["override", "out", HANGUL, "test_explains", "--points", "2.5", "--comment", COMMENT],
        ["override", "out/tiny", "small", "test_large", "--points", "4"],
        ["override", "out", "wrong", "--submitted", "2026-12-03T12:00:00+09:00"],
        ["override", "out", "kim", "--due", "2026-12-09T23:59:00Z", "--comment", "Ill."],
    )
    (class_ / "small.ipynb").write_bytes(notebook(F))
    (class_ / "wrong.ipynb").unlink()
    other = root / "class" / "kim_7_assignsubmission_file"
    other.mkdir()
    (other / "work.ipynb").write_bytes(notebook(F))
    step("again", ["prove", "tiny"], ["check", "class/small.ipynb", "--sandbox", "none"], grade)
    step("removed", ["override", "out", "small", "test_large", "--remove"])


@pytest.fixture(scope="session")
def course(base: Path) -> Course:
    return Course(once(base, "people", story))


def test_what_a_person_marks_waits_and_costs_nothing_yet(course: Course) -> None:
    found = course.of("graded")
    kim = found["kim"]
    assert {one.id: one.state for one in kim.checks}["test_explains"] == "manual"
    assert (kim.score, kim.max_score, kim.held, kim.state) == (7.0, 10.0, 3.0, "needs_review")
    wrong = found["wrong"]
    assert {one.id: one.state for one in wrong.checks}["test_explains"] == "blocked"
    assert (wrong.score, wrong.held, wrong.state) == (0.0, 0.0, "graded")
    assert course.said("graded").rstrip().endswith("[1]")
    assert "3 × test_explains" in course.said("graded")
    page = (course.root / "graded" / "tiny" / "index.html").read_text("utf-8")
    assert "grader override DIR kim test_explains --points 3" in page
    student = (course.root / "graded" / "tiny" / "kim.html").read_text("utf-8")
    assert "A person looks at this part" in student
    assert "grader override" not in student


def test_points_by_hand_reach_record_pages_and_gradebook(course: Course) -> None:
    found = course.of("given")[HANGUL]
    assert (found.score, found.held, found.state) == (9.5, 0.0, "graded")
    book = (course.root / "given" / "tiny" / "gradebook.csv").read_text("utf-8-sig").splitlines()
    row = {one["student"]: one for one in csv.DictReader(book)}[HANGUL]
    assert (row["score"], row["state"], row["test_explains"], row["held"]) == ("9.5", "graded", "2.5", "0")
    for name in (f"{HANGUL}.html", f"instructor/{HANGUL}.html", "index.html"):
        page = (course.root / "given" / "tiny" / name).read_text("utf-8")
        assert "생각은 맞습니다." in page
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
    shown = " ".join(
        Outline((course.root / "given/tiny/instructor" / f"{HANGUL}.html").read_text(), "en").text.split()
    )
    assert "Points given by a person: 2.5 points. The check itself gave 0 points." in shown
    assert "9.5 of 10" in course.said("given")


def test_a_time_by_hand_costs_what_the_lesson_says(course: Course) -> None:
    # Nothing can be taken off nothing; that it is late is shown all the same.
    wrong = course.of("given")["wrong"]
    assert wrong.late_penalty == 0.0
    assert "1 day 12 h late" in (course.root / "given" / "tiny" / "index.html").read_text("utf-8")
    kim = course.of("given")["kim"]
    assert kim.excuse is not None
    assert kim.excuse.comment == "Ill."


def test_overrides_survive_a_second_grading(course: Course) -> None:
    found = course.of("again")
    assert found[HANGUL].score == 9.5
    small = {one.student_id: one for one in found.values()}["small"]
    of = {one.id: one for one in small.checks}["test_large"]
    # Now the check passes; the person's word holds until it is taken back, and the instructor is told.
    assert (of.state, of.points) == ("passed", 4.0)
    assert [note.code for note in small.notes] == ["note.override_older"]
    assert "Points were given by hand for an earlier notebook" in (
        course.root / "again" / "tiny" / "index.html"
    ).read_text("utf-8")
    after = course.of("removed")["small"]
    assert (after.score, after.notes) == (7.0, [])
    assert {one.id: one.override for one in after.checks}["test_large"] is None


def test_a_second_grading_says_whose_result_changed_and_why(course: Course) -> None:
    folder = course.root / "again" / "tiny"
    told: Regrade = decode((folder / "instructor" / "regrade.json").read_bytes())
    assert [(one.student_id, one.reasons) for one in told.changed] == [("small", ["notebook"])]
    assert [one.id for one in told.changed[0].checks] == ["test_large"]
    assert [one.student_id for one in told.new] == ["7"]
    assert [one.student_id for one in told.kept] == ["wrong"]
    said = course.said("again")
    assert "1 of 3 has another result." in said
    assert "another notebook" in said
    assert "Since the last grading" in (folder / "index.html").read_text("utf-8")
    assert not (course.root / "graded" / "tiny" / "instructor" / "regrade.json").exists()


def test_students_of_one_name_from_two_runs_keep_two_records(course: Course) -> None:
    before, after = course.root / "given" / "tiny", course.root / "again" / "tiny"
    assert record(after / "kim.json").student_id == record(before / "kim.json").student_id == "kim"
    ids = sorted(json.loads(path.read_text("utf-8"))["student_id"] for path in after.glob("kim*.json"))
    assert ids == ["7", "kim"]
    assert (after / "wrong.json").read_bytes() == (before / "wrong.json").read_bytes()


def test_prove_and_check_know_what_a_person_marks(course: Course) -> None:
    prove, check = course.said("again").split("[0]\n")[:2]
    assert "full marks but 3 given by hand" in prove
    assert "starter zero" in prove
    assert "a person still has to look" in check


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["nobody"], "no record of a student 'nobody'"),
        (["smal"], "Did you mean small"),
        (["kim_", "test_explains", "--points", "1"], "Did you mean kim"),
        (["small", "test_lorge", "--points", "1"], "Did you mean test_large"),
        (["small", "test_large", "--points", "6"], "worth 5"),
        (["small", "test_large", "--points", "-1"], "worth 5"),
        (["small", "test_large", "--points", "nan"], "worth 5"),
        (["small", "test_large"], None),
        (["small", "test_large", "--points", "1", "--comment", "a\x1b[31m"], "plain text"),
        (["small", "test_large", "--points", "1", "--comment", "x" * 2001], "2000 characters"),
        (["small", "--points", "1"], "which check"),
        (["small", "--due", "2026-12-09"], "an offset"),
        (["small", "--due", "soon"], "an offset"),
        (["small", "test_large", "--due", "2026-12-09T00:00:00Z"], "leave CHECK out"),
        (["small", "test_explains", "--remove"], "nothing to take back"),
        (["small", "--comment", "x"], "belongs to points"),
        (["--points", "1"], "Say whose"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(
    course: Course, command: list[str], said: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    from grader.cli import main

    before = {path: path.read_bytes() for path in course.out.rglob("*") if path.is_file()}
    with pytest.raises(SystemExit) as ended:
        main(["override", str(course.out), *command])
    assert ended.value.code == 2
    assert (said or "Say how many") in capsys.readouterr().err
    assert {path: path.read_bytes() for path in course.out.rglob("*") if path.is_file()} == before
    assert "Traceback" not in capsys.readouterr().err


def test_two_students_of_one_name_are_told_apart_by_id(
    course: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from grader.cli import main

    folder = tmp_path / "tiny"
    folder.mkdir()
    for stem, student_id in (("a", "1"), ("b", "2")):
        text = (course.out / "kim.json").read_text("utf-8")
        changed = text.replace('"student_id": "kim"', f'"student_id": "{student_id}"')
        (folder / f"{stem}.json").write_text(changed, "utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["override", str(tmp_path), "kim", "test_large", "--points", "1"])
    assert ended.value.code == 2
    assert "2 students are called kim. Say which by the id: 1, 2." in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["override", str(tmp_path), "2"])
    assert ended.value.code == 0
    assert "kim (2)" in capsys.readouterr().out


def test_a_broken_file_stops_everything_before_anything_is_written(course: Course, tmp_path: Path) -> None:
    copied = tmp_path / "out"
    subprocess.run(["cp", "-r", str(course.root / "out"), str(copied)], check=True)
    (copied / "tiny" / "overrides.toml").write_text("[[override]]\npoints = 1\n", "utf-8")
    before = {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()}
    for command in (["report", str(copied)], ["grade", "class", "--out", str(copied)]):
        done = run(course.root, *command)
        assert done.returncode == 2
        assert "overrides.toml" in done.stderr
        assert "number 1" in done.stderr
    assert {path: path.read_bytes() for path in copied.rglob("*") if path.is_file()} == before
