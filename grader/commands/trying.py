"""Whether the checks of a new lesson hold for its own solution: asked once, of everything."""

from __future__ import annotations

from pathlib import Path

from grader import secret
from grader.grade import Course, grade
from grader.lesson import Lesson
from grader.record import Check
from grader.report.words import Words
from grader.sandbox import choose
from grader.solutions import variants
from grader.workshop import Workshop


def not_holding(folder: Path, level: str | None) -> list[Check]:
    """The checks of the lesson in `folder` that its reference neither passes nor leaves to a person.

    Raises `SandboxError` where no wall stands, `LessonError` where the lesson's files cannot be used.
    """
    lesson = Lesson.open(folder)
    words = Words.load(lesson.words)
    reference = next(variants(lesson))
    with Workshop.open(choose(level), [lesson], slots=1, pages=False, few=True) as workshop:
        listed = tuple(workshop.listed(lesson, hidden=True))
        course = Course(lesson, workshop, secret.fingerprint(secret.PUBLIC), words, "en", listed)
        submission = reference.submission()
        key = secret.derive(secret.PUBLIC, lesson.name, submission.digest)
        record = grade(submission, key, course, 0)
    return [check for check in record.checks if check.state not in ("passed", "manual")]
