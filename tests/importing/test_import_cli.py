"""`grader import` from outside: a lesson that proves, releases and grades, and what the teacher is told."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from grader.lesson import Lesson
from grader.report.words import Words
from tests.cli.making import records, run
from tests.importing.assignments import DOUBLE, MEAN, code, graded, of_nbgrader, of_otter, raw, save, solution

WRONG_MEAN = MEAN.replace("len(values)", "max(len(values), 3)")


def notebook(path: Path, *sources: str) -> None:
    save(path, [code(source) for source in sources])


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with one lesson of nbgrader and one of otter, both imported."""
    place = tmp_path_factory.mktemp("course")
    (place / "secret").write_text(f"{'1f' * 32}\n")
    (place / "secret").chmod(0o600)
    save(place / "old" / "source" / "ps1" / "numbers.ipynb", of_nbgrader())
    (place / "old" / "source" / "ps1" / "numbers.csv").write_text("1,2\n")
    (place / "old" / "source" / "ps1" / "helpers.py").write_text("x = 1\n")
    save(place / "otter" / "walk.ipynb", of_otter())
    (place / "otter" / "numbers.csv").write_text("1,2\n")
    first = run(place, "import", "nbgrader", "old/source/ps1", "--out", "numbers")
    second = run(place, "import", "otter", "otter/walk.ipynb", "--out", "walk")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    (place / "said.txt").write_text(first.stdout + second.stdout)
    return place


def test_both_lessons_prove_with_the_points_of_the_source(moved: Path) -> None:
    done = run(moved, "prove", "--json", "proofs.json")
    assert done.returncode == 0, done.stdout + done.stderr
    proofs = json.loads((moved / "proofs.json").read_text())
    worth = {
        (proof["lesson"], proof["kind"]): (proof["score"], proof["by_hand"], proof["max_score"])
        for proof in proofs
    }
    assert worth == {
        ("numbers", "reference"): (7, 5, 12),
        ("numbers", "starter"): (0, 5, 12),
        ("walk", "reference"): (7, 2, 9),
        ("walk", "starter"): (0, 2, 9),
    }


def test_the_teacher_is_told_what_became_of_what(moved: Path) -> None:
    said = (moved / "said.txt").read_text()
    assert "12 points" in said
    assert "judged on our side" in said
    assert "marked by a person, as before" in said
    assert "helpers.py stays behind: modules do not go along" in said
    assert "grader prove numbers" in said


@pytest.mark.parametrize("lesson", ["numbers", "walk"])
def test_the_release_holds_nothing_hidden(moved: Path, lesson: str) -> None:
    done = run(moved, "release", lesson, "--out", f"copy_{lesson}")
    assert done.returncode == 0, done.stderr
    whole = "\n".join(
        path.read_text("utf-8") for path in sorted((moved / f"copy_{lesson}").rglob("*")) if path.is_file()
    )
    for hidden in (
        "[5.0]",
        "double(limit)",
        "Two axes",
        "square(-3)",
        "walk(0)",
        "return x + x",
        "To get there",
    ):
        assert hidden not in whole
    assert (moved / f"copy_{lesson}" / "data" / "numbers.csv").is_file()


def test_students_are_graded_by_what_was_imported(moved: Path) -> None:
    right, tests = DOUBLE, "limit = 3\nimport math"
    notebook(moved / "class" / "kim.ipynb", tests, right, MEAN)
    notebook(moved / "class" / "lee.ipynb", tests, right, WRONG_MEAN)
    notebook(moved / "class" / "park.ipynb", tests, "def double(x):\n    raise NotImplementedError()")
    done = run(moved, "grade", "class", "--lesson", "numbers", "--out", "out")
    assert done.returncode == 1, done.stderr  # a person has to mark the rest
    graded_ = records(moved / "out" / "numbers")
    assert {name: record.score for name, record in graded_.items()} == {"kim": 7, "lee": 4, "park": 0}
    states = {check.id: check.state for check in graded_["lee"].checks}
    assert states["test_mean_right"] == "passed"
    assert states["test_mean_right_hidden"] == "failed"
    rows = list(csv.DictReader((moved / "out" / "numbers" / "gradebook.csv").read_text("utf-8").splitlines()))
    assert len(rows) == 3


def test_words_are_there_in_both_languages(moved: Path) -> None:
    for name in ("numbers", "walk"):
        lesson = Lesson.open(moved / "assignments" / name)
        words = Words.load(lesson.words)
        for check in lesson.expected_checks(hidden=True):
            english, korean = words.check_title(check, "en"), words.check_title(check, "ko")
            assert english
            assert korean
    walk = Words.load(moved / "assignments" / "walk" / "words")
    assert walk.check_title("test_q1_3", "ko") == "`q1, test 3` 부분이 공개되지 않은 테스트를 통과합니다"
    assert walk.check_title("test_q1_3", "en") == "`q1, test 3` passes the tests that are not shown"


def test_several_notebooks_become_several_lessons(tmp_path: Path) -> None:
    for name in ("Problem 1", "problem-2"):
        cells = [solution("x = 1", "x"), graded("assert x == 1", "x_right", 1)]
        save(tmp_path / "ps1" / f"{name}.ipynb", cells)
    done = run(tmp_path, "import", "nbgrader", "ps1", "--out", "ps1")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "assignments").iterdir()) == [
        "ps1_problem_1",
        "ps1_problem_2",
    ]


def test_a_missing_package_is_said_and_costs_no_point(tmp_path: Path) -> None:
    cells = [
        solution("import numpy_that_is_missing as gone\ntable = gone.read()", "table"),
        solution("y = 2", "y"),
        graded("assert len(table) == 3", "table_right", 2),
        graded("assert y == 2", "y_right", 1),
    ]
    save(tmp_path / "ps.ipynb", cells)
    done = run(tmp_path, "import", "nbgrader", "ps.ipynb", "--out", "ps")
    assert done.returncode == 0, done.stderr
    assert "table_right, cell 3: the package is not there" in done.stdout
    assert "(numpy_that_is_missing)" in done.stdout
    proved = run(tmp_path, "prove", "ps")
    assert "full marks but 2 given by hand" in proved.stdout


def test_what_does_not_hold_on_our_side_runs_on_the_students(tmp_path: Path) -> None:
    """A value that cannot be sent is compared where it is."""
    cells = [
        solution("z = complex(0, 1) + 2", "z"),
        graded("assert abs(z * 2 - (4 + 2j)) < 1e-9", "z_right", 1),
    ]
    save(tmp_path / "ps.ipynb", cells)
    done = run(tmp_path, "import", "nbgrader", "ps.ipynb", "--out", "ps")
    assert done.returncode == 0, done.stderr
    proved = run(tmp_path, "prove", "ps")
    assert proved.returncode == 0, proved.stdout + done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nbgrader", "gone", "--out", "ps"), "There is no gone"),
        (("nbgrader", "empty", "--out", "ps"), "holds no notebook"),
        (("nbgrader", "broken.ipynb", "--out", "ps"), "broken.ipynb is no notebook"),
        (("otter", "plain.ipynb", "--out", "ps"), "no blocks of otter assign"),
        (("nbgrader", "ps.ipynb", "--out", "Bad Name"), "cannot be the name of a lesson"),
        (("nbgrader", "ps.ipynb", "--out", "taken"), "nothing is written over it"),
        (("nbgrader", "ungraded.ipynb", "--out", "ps"), "no test and nothing that a person marks"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "assignments" / "taken").mkdir(parents=True)
    notebook(tmp_path / "plain.ipynb", "x = 1")
    save(tmp_path / "ps.ipynb", [solution("x = 1", "x"), graded("assert x", "t", 1)])
    save(tmp_path / "ungraded.ipynb", [solution("x = 1", "x")])
    done = run(tmp_path, "import", *arguments)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert not list(tmp_path.rglob("lesson.toml"))


def test_an_unfinished_otter_question_stops_everything(tmp_path: Path) -> None:
    save(tmp_path / "walk.ipynb", [raw("# BEGIN QUESTION\nname: q1"), code("x = 1")])
    done = run(tmp_path, "import", "otter", "walk.ipynb", "--out", "walk")
    assert done.returncode == 2
    assert "# END QUESTION" in done.stderr
    assert not (tmp_path / "assignments").exists()
