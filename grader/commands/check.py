"""`grader check`: a student's own notebook against the public checks, on inputs from a public constant."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from grader import lesson as lessons
from grader import record as records
from grader import secret
from grader.commands.report import pages_of
from grader.desk.lessons import LessonReader
from grader.errors import UsageError
from grader.exchange.folders import find
from grader.filenames import stems
from grader.grade import Course, grade
from grader.output import Shelf
from grader.record import Record
from grader.report.progress import terminal_console
from grader.report.terminal import check_screen
from grader.report.words import Words
from grader.sandbox import choose
from grader.scoring import Lang
from grader.workshop import Workshop


def run(
    notebook: Path,
    lesson: str | None,
    only: str | None,
    all_: bool,
    out: Path | None,
    sandbox: str | None,
    lang: Lang,
) -> int:
    """Checks one notebook; returns 0 where every public check passes, else 1."""
    if notebook.is_dir():
        raise UsageError(f"{notebook} is a folder: check takes one notebook, grade takes a folder.")
    chosen = lessons.find(lesson) if lesson is not None else None
    known = {known.name: known for known in lessons.lessons()} | ({chosen.name: chosen} if chosen else {})
    with LessonReader() as told:
        asked = chosen.name if chosen else None
        submission = find(notebook, lesson=asked, lessons=set(known), told=told)[0]
    of = known[submission.lesson]
    if only is not None and only.partition("[")[0] not in of.expected_checks(hidden=False):
        raise _no_check(only, of.name, of.expected_checks(hidden=False))
    words = Words.load(of.words)
    title = words.lesson_title(lang) or of.name
    # On standard error, and only where somebody watches: what is printed stays the verdict alone.
    status = terminal_console(stderr=True).status(words.ui("terminal.starting", lang, lesson=title))

    def said(what: str, number: int) -> None:
        status.update(words.ui(f"terminal.{what}", lang, n=number))

    with status, Workshop.open(choose(sandbox), [of], slots=1) as workshop:
        listed = tuple(workshop.listed(of, hidden=False))
        if only is not None and only not in {check.id for check in listed}:
            raise _no_check(only, of.name, [check.id for check in listed])
        mark = secret.fingerprint(secret.PUBLIC)
        course = Course(of, workshop, secret.PUBLIC, mark, words, lang, listed, hidden=False, only=only)
        record = grade(submission, course, 0, said)
        held = sum(c.points for c in workshop.listed(of, hidden=True) if c.visibility == "hidden")
        if out is not None:
            _keep(record, course, out)
    console = terminal_console()
    screen = check_screen(
        record, words, lang, all_, source=str(notebook), width=min(console.width, 100), hidden_points=held
    )
    console.print(screen, soft_wrap=True)
    return 0 if all(check.state == "passed" for check in record.checks) else 1


def _no_check(name: str, lesson: str, known: Iterable[str]) -> UsageError:
    return UsageError(f"There is no public check {name}. The public checks of {lesson}: {', '.join(known)}.")


def _keep(record: Record, course: Course, out: Path) -> None:
    shelf = Shelf(out, record.lesson)
    stem = stems([(record.student, record.student_id)])[record.student_id]
    shelf.write(f"{stem}.json", records.encode(record))
    pages = pages_of(course.workshop.desk, record, str(course.lesson.folder), course.lang)
    shelf.write(f"{stem}.html", pages.student)
