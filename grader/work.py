"""One submission from what is handed out to what comes back, wherever that is done.

An engine carries `Work` to a place that has a `Course` and brings back a `Product`. The driver alone knows
the course's secret and the other students.
"""

from __future__ import annotations

import msgspec

from grader import record as records
from grader import warm
from grader.desk.pages import pages_of
from grader.errors import GraderBug, GraderError
from grader.grade import Course, Said, grade, unsaid
from grader.people.settling import settled
from grader.people.sheet import Sheet
from grader.record import Record
from grader.report.words import Lang
from grader.scoring import Setting, because, held
from grader.submission import Submission
from grader.transcript import Transcript


class Work(msgspec.Struct, frozen=True):
    """What is told of one submission."""

    submission: Submission
    key: bytes
    """What `secret.derive` makes for this submission."""
    sheet: Sheet
    """What people have said of this student, and of nobody else."""


class Product(msgspec.Struct, frozen=True):
    """What comes of it: the bytes of the record's file, and both pages."""

    record: bytes
    student: str
    instructor: str


def done(work: Work, course: Course, slot: int, said: Said = unsaid) -> Product:
    """Grades one submission in `slot`, applies what people say of it, and renders its pages.

    Where something of ours breaks at it, its record says so and holds its points: the others go on. Raises
    what concerns them all: `LessonError` where the checks do not work, `SandboxError`, OSError; `GraderBug`
    where not even that record can be shown.
    """
    try:
        return _shown(grade(work.submission, work.key, course, slot, said), work, course)
    except GraderBug as error:
        broken: Exception = error
    except (GraderError, OSError):
        raise
    except Exception as error:
        broken = error
    setting = Setting.of(course.lesson, course.workshop.level, course.fingerprint, ())
    listed = [one for one in course.listed if course.hidden or one.visibility == "public"]
    note = because(broken)
    record = held(work.submission, Transcript(), note, listed, setting, course.words, course.lang)
    return _shown(record, work, course)


def _shown(graded: Record, work: Work, course: Course) -> Product:
    record = settled(graded, work.sheet, course.words, course.lang)
    return rendered(record, course.workshop.desk, str(course.lesson.folder), course.lang)


def rendered(record: Record, desk: warm.Room, lesson: str, lang: Lang) -> Product:
    """The record with its pages, in the words of the lesson in this folder. Raises `JobFailed`."""
    pages = pages_of(desk, record, lesson, lang)
    return Product(records.encode(record), pages.student, pages.instructor)
