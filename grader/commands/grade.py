"""`grader grade`: a folder of submissions to records, pages, a class page and a gradebook.

Where it is ended early (`ending.py`), what is graded by then is kept whole: records, pages, the class page,
the gradebook. A submission whose room was closed while it ran leaves nothing. The next run starts over.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event

from rich.cells import cell_len

from grader import lesson as lessons
from grader import record as records
from grader import regrade as regrades
from grader import secret as secrets
from grader.commands.pages import pages_of
from grader.commands.report import read_records, tell_strangers, write_class
from grader.desk.lessons import LessonReader
from grader.engines.local import slots, spread
from grader.errors import UsageError
from grader.exchange.folders import find
from grader.filenames import stems
from grader.grade import Course, grade
from grader.lesson import Lesson
from grader.output import Shelf
from grader.people import sheet as sheets
from grader.people.settling import settled
from grader.people.sheet import Sheet
from grader.record import Record, without_cells
from grader.report.changes import changes
from grader.report.progress import Progress
from grader.report.summary import class_summary, stopped_summary
from grader.report.terminal import submission_line
from grader.report.words import Words
from grader.sandbox import Level, choose
from grader.scoring import Lang
from grader.submission import Submission
from grader.workshop import Workshop


class Stopped(Exception):
    """The run was ended before a submission was done."""


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
    """Grades everything found; returns the exit status of the interface. Raises what ended it early."""
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
    for name in by_lesson:
        sheets.read(out / name)  # what cannot be read is said before anything is graded
    key = secrets.load(secret)
    level: Level | None = None
    progress = Progress(Words.load(None), lang)
    graded: dict[str, dict[str, Record]] = {name: {} for name in by_lesson}
    try:
        for name, class_ in by_lesson.items():
            words = Words.load(known[name].words)
            count = min(slots(known[name].limits, jobs), len(class_))
            title = words.lesson_title(lang) or name
            progress.say(words.ui("terminal.boot", lang, lesson=title, n=len(class_), jobs=count))
            level = level or choose(sandbox)  # takes its time, so the first line comes before it
            shelf = Shelf(out, name)  # nothing is written where no wall stands
            _grade_class(known[name], class_, shelf, words, count, level, key, progress, graded[name])
    except (KeyboardInterrupt, BrokenPipeError):
        left = [s.student for s in found if s.student_id not in graded[s.lesson]]
        pages = [str(out / name / "index.html") for name, done in graded.items() if done]
        said = stopped_summary(len(found), left, pages, progress.words, lang, progress.width)
        progress.console.print(said, soft_wrap=True)
        raise
    all_ = [record for done in graded.values() for record in done.values()]
    if any(record.state == "needs_review" for record in all_):
        return 1
    low = fail_under is not None and any(100 * r.score < fail_under * r.max_score for r in all_)
    return 1 if low else 0


def _grade_class(
    lesson: Lesson,
    class_: Sequence[Submission],
    shelf: Shelf,
    words: Words,
    count: int,
    level: Level,
    key: bytes,
    progress: Progress,
    graded: dict[str, Record],
) -> None:
    """Grades a class, `count` at a time, into `graded` (by the id of the student) and onto the shelf."""
    lang = progress.lang
    there = read_records(shelf.folder, tell=False)
    before = {record.student_id: without_cells(record) for record in there.values()}
    # Who has a name in this folder keeps it, so that no namesake of another run writes over anybody.
    stem_of = {record.student_id: stem for stem, record in there.items()}
    del there
    sheet = sheets.read(shelf.folder)
    files = stems([(s.student, s.student_id) for s in class_], stem_of)
    begin = time.monotonic()
    stopped = Event()
    name_width = min(24, progress.width // 4, max(cell_len(s.student) for s in class_))
    try:
        with Workshop.open(level, [lesson], slots=count) as workshop:
            listed = tuple(workshop.listed(lesson, hidden=True))
            course = Course(lesson, workshop, key, secrets.fingerprint(key), words, lang, listed)

            def work(submission: Submission, slot: int) -> Record:
                def said(what: str, number: int, of: int) -> None:
                    progress.running(
                        submission.student, words.ui(f"terminal.at_{what}", lang, n=number, of=of)
                    )

                judged = grade(submission, course, slot, said)
                record = settled(judged, _now(shelf, sheet), words, lang)
                if stopped.is_set():
                    raise Stopped("its room was closed while it ran: its record would not be the student's")
                _keep(record, files[submission.student_id], course, shelf)
                graded[submission.student_id] = record
                return record

            def stop() -> None:
                stopped.set()
                workshop.house.close()

            with progress.over(len(class_)):
                for submission, record in spread(work, class_, count, stop):
                    progress.finished(submission.student, submission_line(record, words, lang, name_width))
        regrade = _compared(lesson.name, before, graded, class_, shelf)
        write_class(shelf.folder, words, lang)
    except (KeyboardInterrupt, BrokenPipeError):
        if graded:
            _compared(lesson.name, before, graded, class_, shelf)
            write_class(shelf.folder, words, lang)
        raise
    ordered = [graded[s.student_id] for s in class_ if s.student_id in graded]
    page = str(shelf.folder / "index.html")
    seconds = time.monotonic() - begin
    summary = class_summary(ordered, words, lang, seconds=seconds, class_page=page, width=progress.width)
    if regrade is not None:
        progress.console.print(changes(regrade, words, lang, progress.width), soft_wrap=True, end="")
    progress.console.print(summary, soft_wrap=True)
    tell_strangers(shelf.folder, sheet, {**before, **graded})


def _now(shelf: Shelf, earlier: Sheet) -> Sheet:
    """What people say by now: they may write while a class is graded."""
    try:
        return sheets.read(shelf.folder)
    except UsageError:
        return earlier


def _compared(
    lesson: str,
    before: Mapping[str, Record],
    graded: Mapping[str, Record],
    class_: Sequence[Submission],
    shelf: Shelf,
) -> regrades.Regrade | None:
    """Writes down what this run changed, where records lay there before."""
    if not before:
        (shelf.folder / regrades.NAME).unlink(missing_ok=True)
        return None
    ordered = [graded[s.student_id] for s in class_ if s.student_id in graded]
    # One notebook by itself is added to a class: nobody else was meant to be among the submissions.
    handed_in = {s.student_id for s in class_} | (set(before) if len(class_) == 1 else set())
    regrade = regrades.compared(lesson, before, ordered, handed_in)
    shelf.write(regrades.NAME, regrades.encode(regrade))
    return regrade


def _keep(record: Record, stem: str, course: Course, shelf: Shelf) -> None:
    shelf.write(f"{stem}.json", records.encode(record))
    pages = pages_of(course.workshop.desk, record, str(course.lesson.folder), course.lang)
    shelf.write(f"{stem}.html", pages.student)
    shelf.write(f"instructor/{stem}.html", pages.instructor)
