"""One submission from work to product: what breaks of ours costs nobody points and ends no run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import grader.work
from grader.errors import GraderBug, LessonError
from grader.grade import Course
from grader.lesson import Lesson
from grader.people.sheet import Sheet
from grader.record import Record, decode
from grader.report.words import Words
from grader.sandbox import choose
from grader.submission import Submission
from grader.warm import JobFailed
from grader.work import Product, Work, done
from grader.workshop import Workshop
from tests.cli.making import lesson, notebook

CHECKS = """
@pytest.mark.points(2)
def test_adds_one(student):
    assert student.f(1) == 2
"""
F = "def f(x):\n    return x + 1"
KEY = b"a key of this test alone, 32 b.."


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    tiny = Lesson.open(lesson(tmp_path_factory.mktemp("tiny"), checks=CHECKS, reference=notebook(F)))
    with Workshop.open(choose(None), [tiny], slots=1) as workshop:
        listed = tuple(workshop.listed(tiny, hidden=True))
        yield Course(tiny, workshop, "0" * 8, Words.load(tiny.words), "en", listed)


def work(student: str) -> Work:
    return Work(Submission("tiny", student, student, f"{student}.ipynb", notebook(F)), KEY, Sheet())


@pytest.mark.parametrize(
    "error",
    [
        OverflowError("int too large to convert to float"),
        GraderBug("It broke.\nTypeError: <b>what</b> it says"),
        RecursionError(),
    ],
)
def test_where_grading_breaks_a_person_looks(
    course: Course, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> Record:
        raise error

    monkeypatch.setattr(grader.work, "grade", breaks)
    product = done(work("kim"), course, 0)
    assert_held(product)
    assert "<b>what" not in product.instructor
    monkeypatch.undo()
    assert decode(done(work("lee"), course, 0).record).score == 2


def test_where_no_page_can_be_made_of_what_was_found_a_person_looks(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered = grader.work.rendered

    def breaks(record: Record, *rest: object) -> Product:
        if record.score:
            raise JobFailed("Traceback (most recent call last):\nZeroDivisionError: division by zero")
        return rendered(record, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(grader.work, "rendered", breaks)
    record = assert_held(done(work("kim"), course, 0))
    assert record.notes[0].facts["trouble"] == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize("error", [LessonError("a bad check"), OSError(28, "No space left on device")])
def test_what_concerns_every_submission_ends_the_run(
    course: Course, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> Record:
        raise error

    monkeypatch.setattr(grader.work, "grade", breaks)
    with pytest.raises(type(error)):
        done(work("kim"), course, 0)


def assert_held(product: Product) -> Record:
    record = decode(product.record)
    assert (record.state, record.score, record.held, record.max_score) == ("needs_review", 0, 2, 2)
    assert [check.state for check in record.checks] == ["undecided"]
    assert [note.code for note in record.notes] == ["note.ours_broke"]
    assert "Something of ours broke at this notebook" in product.instructor
    assert "Something of ours" not in product.student
    return record
