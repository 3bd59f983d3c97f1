"""`grader grade`: a folder of submissions to records, pages, a class page and a gradebook."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from rich.cells import cell_len

from grader import lesson as lessons
from grader import record as records
from grader import secret as secrets
from grader.commands.report import pages_of, write_class
from grader.desk.lessons import LessonReader
from grader.engines.local import slots, spread
from grader.errors import UsageError
from grader.exchange.folders import find
from grader.filenames import stems
from grader.grade import Course, grade
from grader.lesson import Lesson
from grader.output import Shelf
from grader.record import Record
from grader.report.progress import Progress
from grader.report.terminal import class_summary, submission_line
from grader.report.words import Words
from grader.sandbox import Level, choose
from grader.scoring import Lang
from grader.submission import Submission
from grader.workshop import Workshop


class Stopped(Exception):
    """Ctrl-C came before a submission was done."""


def run(
    submissions: Path,
    lesson: str | None,
    out: Path,
    jobs: int | None,
    engine: str,
    scheduler: str | None,
    sandbox: str | None,
    secret: Path | None,
    fail_under: float | None,
    lang: Lang,
    fresh: bool,
) -> int:
    """Grades everything found; returns the exit status of the interface, and 1 after Ctrl-C, too."""
    if engine != "local" or scheduler is not None:
        raise UsageError("The dask engine is not part of this version: leave --engine and --scheduler out.")
    chosen = lessons.find(lesson) if lesson is not None else None
    known = {known.name: known for known in lessons.lessons()} | ({chosen.name: chosen} if chosen else {})
    with LessonReader() as told:
        asked = chosen.name if chosen else None
        found = find(submissions, lesson=asked, lessons=set(known), told=told)
    by_lesson = {
        name: [s for s in found if s.lesson == name] for name in dict.fromkeys(s.lesson for s in found)
    }
    key = secrets.load(secret)
    level = choose(sandbox)
    graded: list[Record] = []
    for name, class_ in by_lesson.items():
        done = _grade_class(known[name], class_, out, jobs, level, key, lang)
        graded += done
        if len(done) < len(class_):
            break
    if any(record.state == "needs_review" for record in graded):
        return 1
    low = fail_under is not None and any(100 * r.score < fail_under * r.max_score for r in graded)
    return 1 if low or len(graded) < len(found) else 0


def _grade_class(
    lesson: Lesson,
    class_: Sequence[Submission],
    out: Path,
    jobs: int | None,
    level: Level,
    key: bytes,
    lang: Lang,
) -> list[Record]:
    shelf, words = Shelf(out, lesson.name), Words.load(lesson.words)
    files = stems([(s.student, s.student_id) for s in class_])
    count = min(slots(lesson.limits, jobs), len(class_))
    begin = time.monotonic()
    graded: dict[str, Record] = {}
    stopped = Event()
    width = min(24, max(cell_len(s.student) for s in class_))
    progress = Progress(len(class_), words, lang)
    title = words.lesson_title(lang) or lesson.name
    progress.console.print(words.ui("terminal.boot", lang, lesson=title, n=len(class_), jobs=count))
    with Workshop.open(level, [lesson], slots=count) as workshop:
        listed = tuple(workshop.listed(lesson, hidden=True))
        course = Course(lesson, workshop, key, secrets.fingerprint(key), words, lang, listed)

        def work(submission: Submission, slot: int) -> Record:
            def said(what: str, number: int) -> None:
                progress.running(submission.student, words.ui(f"terminal.{what}", lang, n=number))

            record = grade(submission, course, slot, said)
            if stopped.is_set():
                raise Stopped("its room was closed while it ran: what its record says is not the student's")
            _keep(record, files[submission.student_id], course, shelf)
            graded[submission.student_id] = record
            return record

        def stop() -> None:
            stopped.set()
            workshop.house.close()

        with contextlib.suppress(KeyboardInterrupt), progress:
            for submission, record in spread(work, class_, count, stop):
                progress.finished(submission.student, submission_line(record, words, lang, width))
    ordered = [graded[s.student_id] for s in class_ if s.student_id in graded]
    write_class(shelf.folder, words, lang)
    seconds = time.monotonic() - begin
    page = str(shelf.folder / "index.html")
    progress.console.print(class_summary(ordered, words, lang, seconds=seconds, class_page=page))
    return ordered


def _keep(record: Record, stem: str, course: Course, shelf: Shelf) -> None:
    shelf.write(f"{stem}.json", records.encode(record))
    pages = pages_of(course.workshop.desk, record, str(course.lesson.folder), course.lang)
    shelf.write(f"{stem}.html", pages.student)
    shelf.write(f"instructor/{stem}.html", pages.instructor)
