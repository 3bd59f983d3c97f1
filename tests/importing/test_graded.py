"""A lesson of translated tests, graded from outside: right, wrong and hostile notebooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.record import Check, Record
from tests.cli.making import lesson, notebook, once, records, run
from tests.importing.course import HIDDEN, NAME, NOTEBOOKS, PUBLIC, RIGHT, WEAK, answers, make
from tests.live.test_without_forks import poor

FULL = len(PUBLIC) + 2 * len(HIDDEN)


def _graded(place: Path) -> None:
    make(place)
    done = run(place, "grade", "class", "--out", "out")
    (place / "status").write_text(f"{done.returncode}\n{done.stderr}")


@pytest.fixture(scope="module")
def course(base: Path) -> Path:
    return once(base, "moved", _graded)


@pytest.fixture(scope="module")
def graded(course: Path) -> dict[str, Record]:
    return records(course / "out" / NAME)


def of(record: Record, name: str) -> Check:
    return next(check for check in record.checks if check.id == f"test_{name}")


def found(record: Record) -> dict[str, str]:
    return {
        check.id.removeprefix("test_"): check.findings[0].code
        for check in record.checks
        if check.state != "passed"
    }


def test_everybody_is_graded_and_nothing_is_ours(course: Path, graded: dict[str, Record]) -> None:
    assert sorted(graded) == sorted(NOTEBOOKS)
    assert (course / "status").read_text() == "0\n"
    assert {record.state for record in graded.values()} == {"graded"}
    assert {check.state for record in graded.values() for check in record.checks} == {"passed", "failed"}


def test_right_answers_get_full_marks_and_blanks_none(graded: dict[str, Record]) -> None:
    assert (graded["right"].score, graded["right"].max_score) == (FULL, FULL)
    assert graded["blank"].score == 0


def test_the_record_says_which_checks_are_weak(graded: dict[str, Record]) -> None:
    for record in graded.values():
        assert {check.id for check in record.checks if check.strength == "weak"} == WEAK


def test_wrong_answers_fail_at_their_check(graded: dict[str, Record]) -> None:
    assert found(graded["wrong"]) == {
        "area": "test.failed",
        "square": "test.failed",
        "root": "test.failed",
        "best": "test.failed",
        "greet": "weak.raised",
        "secret_area": "test.failed",
        "secret_gradient": "weak.raised",
    }


def test_what_was_asked_got_and_expected_is_shown(graded: dict[str, Record]) -> None:
    area = of(graded["wrong"], "area").findings[0]
    assert area.facts == {
        "line": "assert area(3, 4) == 12",
        "said": "area of 3 by 4",
        "got": "7",
        "expected": "12",
    }
    assert area.where is not None
    assert area.where.lines[0] == "def area(w, h):"
    assert of(graded["wrong"], "root").findings[0].facts["said"] == "root(-1.0) gave an answer"
    greet = of(graded["wrong"], "greet").findings[0].facts
    assert greet["line"] == "assert said.getvalue() == 'Hello Kim\\n', 'greet says another thing'"
    assert (greet["type"], greet["message"]) == ("AssertionError", "greet says another thing")


def test_a_change_in_place_is_seen(graded: dict[str, Record]) -> None:
    """The wrong notebook gives a new list and leaves the old one as it was."""
    assert of(graded["right"], "square").state == "passed"
    assert of(graded["wrong"], "square").findings[0].facts["got"] == "[1, 2, 3]"


def test_values_of_another_kind_are_the_students_mistake(graded: dict[str, Record]) -> None:
    assert found(graded["other_kinds"]) == {
        "area": "test.failed",
        "net": "test.stopped",
        "stack": "test.stopped",
        "best": "test.stopped",
        "secret_area": "test.stopped",
    }


@pytest.mark.parametrize(
    ("name", "code", "weak"),
    [
        ("raises", "call.failed", None),
        ("exits", "call.failed", "weak.raised"),
        ("dies", "notebook.died", "notebook.died"),
        ("hangs", "call.out_of_time", "call.out_of_time"),
    ],
)
def test_what_ends_a_call_costs_the_checks_that_made_it(
    graded: dict[str, Record], name: str, code: str, weak: str | None
) -> None:
    lost = {"area": code, "secret_area": code, **({"greet": weak} if weak else {})}
    assert found(graded[name]) == lost


def test_an_object_that_is_equal_to_everything_earns_nothing(graded: dict[str, Record]) -> None:
    assert graded["anything"].score == 0
    assert found(graded["anything"])["area"] == "test.own_object"


def test_replaced_asserts_fool_what_runs_beside_them_and_nothing_else(graded: dict[str, Record]) -> None:
    """The weak check can be fooled, and the threat model says so; the others ask on our side."""
    assert found(graded["patches"]) == {"area": "test.failed", "secret_area": "test.failed"}
    assert of(graded["patches"], "secret_gradient").state == "passed"


def test_forged_replies_fool_weak_checks_and_nothing_else(graded: dict[str, Record]) -> None:
    record = graded["forges"]
    assert {check.id for check in record.checks if check.state == "passed"} == WEAK
    assert "note.suspicion" in {note.code for note in record.notes}


def test_hidden_tests_show_students_neither_inputs_nor_words(course: Path) -> None:
    for name in ("wrong", "other_kinds", "dies"):
        page = (course / "out" / NAME / f"{name}.html").read_text()
        for kept in ("2993", "the secret slope", "full((4,)", "41, 73", "SIDES"):
            # The notebook itself is shown below: what it holds is no secret.
            assert kept not in page or kept in "".join(NOTEBOOKS[name]), (name, kept)
        teachers = (course / "out" / NAME / "instructor" / f"{name}.html").read_text()
        assert "the secret slope" in teachers or name != "wrong"


def test_pages_say_weak_in_both_languages(course: Path) -> None:
    folder = course / "out" / NAME
    for page in (folder / "right.html", folder / "instructor" / "right.html", folder / "index.html"):
        text = page.read_text()
        for said in ("weak: judged on the student&#39;s side", "약한 점검: 학생 쪽에서 판정"):
            assert text.count(said) == len(WEAK), (page.name, said)


def test_a_terminal_says_weak(course: Path) -> None:
    for lang, said in (
        ("en", "(weak: judged on the student's side)"),
        ("ko", "(약한 점검: 학생 쪽에서 판정)"),
    ):
        done = run(course, "check", "class/right.ipynb", "--lang", lang)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count(said) == 1


def test_every_answer_of_the_course_is_asked_for() -> None:
    """No answer stands in the notebooks that no test would miss."""
    every = "\n".join([*PUBLIC.values(), *HIDDEN.values()])
    assert all(f"{name}" in every for name in RIGHT)


def test_students_check_themselves_where_nothing_forks(course: Path) -> None:
    """Each step is told again there, and what an object remembers is the same."""
    at = ("--lesson", "assignments/moved", "--sandbox", "none", "--out", "alone")
    for name, status in (("right", 0), ("wrong", 1)):
        done = poor(course, "check", f"class/{name}.ipynb", *at)
        assert done.returncode == status, done.stderr
    alone = records(course / "alone" / NAME)
    for name, record in alone.items():
        walled = records(course / "out" / NAME)[name]
        public = {check.id: check.state for check in walled.checks if check.visibility == "public"}
        assert {check.id: check.state for check in record.checks} == public


WRONG_ITSELF = """
def test_names_nothing(notebook):
    assert notebook.area(1, 2) == nowhere

def test_hands_over_what_cannot_cross(notebook):
    assert notebook.area(lambda: 1, 2) == 2

def test_is_right(notebook):
    assert notebook.area(1, 2) == 2
"""


def test_a_test_that_is_wrong_itself_costs_nobody_anything(tmp_path: Path) -> None:
    reference = notebook(*answers(), lesson=NAME)
    lesson(tmp_path, checks=WRONG_ITSELF, reference=reference, starter=reference, name=NAME)
    (tmp_path / "right.ipynb").write_bytes(reference)
    done = run(tmp_path, "grade", "right.ipynb", "--out", "out")
    (record,) = records(tmp_path / "out" / NAME).values()
    assert {check.id: check.state for check in record.checks} == {
        "test_names_nothing": "broken",
        "test_hands_over_what_cannot_cross": "broken",
        "test_is_right": "passed",
    }, done.stderr
    assert (record.score, record.max_score) == (1, 1)
