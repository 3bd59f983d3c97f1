"""`grader check`: a student's own notebook against the public checks, on inputs from a public constant."""

from __future__ import annotations

import contextlib
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
from grader.report.columns import fitted
from grader.report.progress import Progress, terminal_console
from grader.report.terminal import check_screen
from grader.report.words import Words
from grader.sandbox import choose
from grader.scoring import Lang
from grader.workshop import Workshop

WIDEST = 100
"""Cells beyond which lines of prose are hard to read."""


def run(
    notebook: Path,
    lesson: str | None,
    only: str | None,
    all_: bool,
    out: Path | None,
    sandbox: str | None,
    lang: Lang,
) -> int:
    """Checks one notebook; returns 0 where every public check passes, else 1. Raises what ended it early."""
    if notebook.is_dir():
        raise UsageError(f"{notebook} is a folder: check takes one notebook, grade takes a folder.")
    chosen = lessons.find(lesson) if lesson is not None else None
    known = {chosen.name: chosen} if chosen else lessons.known(notebook.parent, Path())
    with LessonReader() as told:
        asked = chosen.name if chosen else None
        submission = find(notebook, lesson=asked, lessons=set(known), told=told)[0]
    of = known[submission.lesson]
    if only is not None and only.partition("[")[0] not in of.expected_checks(hidden=False):
        raise _no_check(only, of.name, of.expected_checks(hidden=False))
    words = Words.load(of.words)
    title = words.lesson_title(lang) or of.name
    # On standard error, and only where somebody watches: what is printed stays the verdict alone.
    watch = terminal_console(stderr=True)
    room = watch.width - 4
    status = watch.status(fitted(words.ui("terminal.starting", lang, lesson=title), room))
    try:
        with contextlib.ExitStack() as stack:
            if watch.is_interactive:
                stack.enter_context(status)
            workshop = stack.enter_context(Workshop.open(choose(sandbox), [of], slots=1))
            listed = tuple(workshop.listed(of, hidden=False))
            if only is not None and only not in {check.id for check in listed}:
                raise _no_check(only, of.name, [check.id for check in listed])

            def said(what: str, number: int, of: int) -> None:
                told = words.ui(f"terminal.at_{what}", lang, n=number, of=of)
                if what == "check" and number:
                    told += "  " + words.check_title(listed[number - 1].id, lang).replace("`", "")
                status.update(fitted(f"{title}: {told}", room))

            mark = secret.fingerprint(secret.PUBLIC)
            course = Course(of, workshop, secret.PUBLIC, mark, words, lang, listed, hidden=False, only=only)
            record = grade(submission, course, 0, said)
            held = of.hidden_points
            if held is None:
                held = sum(c.points for c in workshop.listed(of, hidden=True) if c.visibility == "hidden")
            if out is not None:
                _keep(record, course, out)
    except KeyboardInterrupt:
        watch.print(words.ui("terminal.ended", lang))
        raise
    progress = Progress(words, lang)
    again = ["grader", "check", str(notebook), *_options(lesson, sandbox, lang)]
    screen = check_screen(
        record, words, lang, all_, command=again, width=min(progress.width, WIDEST), hidden_points=held
    )
    progress.console.print(screen, soft_wrap=True, end="")
    # What a person marks is neither right nor wrong yet: it fails nobody.
    return 0 if all(check.state in ("passed", "manual") for check in record.checks) else 1


def _options(lesson: str | None, sandbox: str | None, lang: Lang) -> list[str]:
    """What has to be said again for the same check."""
    said = ["--lesson", lesson] if lesson is not None else []
    said += ["--sandbox", sandbox] if sandbox is not None else []
    return said + (["--lang", lang] if lang != "en" else [])


def _no_check(name: str, lesson: str, known: Iterable[str]) -> UsageError:
    return UsageError(f"There is no public check {name}. The public checks of {lesson}: {', '.join(known)}.")


def _keep(record: Record, course: Course, out: Path) -> None:
    shelf = Shelf(out, record.lesson)
    stem = stems([(record.student, record.student_id)])[record.student_id]
    shelf.write(f"{stem}.json", records.encode(record))
    pages = pages_of(course.workshop.desk, record, str(course.lesson.folder), course.lang)
    shelf.write(f"{stem}.html", pages.student)
