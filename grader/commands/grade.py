"""`grader grade`: a folder of submissions to records, pages, a class page and a gradebook.

Where it is ended early (`ending.py`), what is graded by then is kept whole: records, pages, the class page,
the gradebook. A submission whose room was closed while it ran leaves nothing. The next run goes on from there
(`class_run.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, closing, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from grader import lesson as lessons
from grader import secret as secrets
from grader.cluster.connecting import check_address
from grader.commands.class_run import Class, ClassRun
from grader.commands.locally import Here, Place
from grader.desk.lessons import LessonReader
from grader.engines.local import slots
from grader.errors import ClusterError, UsageError
from grader.exchange.folders import find
from grader.journal.basis import Source, basis, words_digest
from grader.journal.earlier import Earlier
from grader.journal.lock import alone
from grader.journal.store import Journal
from grader.lesson import Lesson
from grader.output import Shelf
from grader.people import sheet as sheets
from grader.record import Record
from grader.report.progress import Progress
from grader.report.sentences import one_line
from grader.report.summary import stopped_summary
from grader.report.words import Words
from grader.sandbox import stands
from grader.scoring import Lang
from grader.submission import Submission


@dataclass(frozen=True)
class _Run:
    """What all classes of a run share."""

    secret: bytes
    place: Place
    source: Source
    fresh: bool
    progress: Progress

    def over(self, of: Class, shelf: Shelf, journal: Journal | None) -> ClassRun:
        """The grading of one class, not begun yet."""
        mark = secrets.fingerprint(self.secret)
        earlier = Earlier(
            journal,
            of.lesson,
            of.words,
            self.progress.lang,
            base=basis(
                of.lesson,
                level=self.place.level,
                walls=self.place.walls,
                fingerprint=mark,
                source=self.source,
            ),
            made_with=words_digest(of.lesson, self.source),
            fresh=self.fresh,
        )
        opened = partial(self.place.engine, of.lesson, mark, of.words, of.count)
        return ClassRun(of, shelf, journal, earlier, self.progress, self.secret, opened)


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
    shared: bool,
) -> int:
    """Grades everything found; returns the exit status of the interface. Raises what ended it early.

    shared: what submissions begin with is run once for all, on this machine
    """
    _check_engine(engine, scheduler)
    chosen = lessons.find(lesson) if lesson is not None else None
    known = lessons.known() | ({chosen.name: chosen} if chosen else {})
    with LessonReader() as told:
        asked = chosen.name if chosen else None
        found = find(submissions, lesson=asked, lessons=set(known), told=told)
    by_lesson = {
        name: [s for s in found if s.lesson == name] for name in dict.fromkeys(s.lesson for s in found)
    }
    for name in by_lesson:
        sheets.read(out / name)  # what cannot be read is said before anything is graded
    key = secrets.load(secret)
    progress = Progress(Words.load(None), lang)
    graded: dict[str, dict[str, Record]] = {name: {} for name in by_lesson}
    try:
        classes = [_class(known[name], class_, jobs) for name, class_ in by_lesson.items()]
        _say(classes[0], scheduler, progress)
        with ExitStack() as stack:
            # Takes its time, so the first line comes before it.
            place = stack.enter_context(_place(scheduler, sandbox, progress, shared))
            # Nothing is written where no wall stands, or where another run writes.
            shelves = [Shelf(out, of.lesson.name) for of in classes]
            folders = [stack.enter_context(alone(shelf.folder)) for shelf in shelves]
            whole = _Run(key, place, Source.read(), fresh, progress)
            for of, shelf, folder in zip(classes, shelves, folders, strict=True):
                if of is not classes[0]:
                    _say(of, scheduler, progress)
                shelf.tidy()
                with ExitStack() as opened:
                    journal = None
                    if place.level != "none":  # what ran without walls is not to be relied on later
                        journal = opened.enter_context(closing(Journal(folder, _tell)))
                    class_run = whole.over(of, shelf, journal)
                    graded[of.lesson.name] = class_run.graded
                    class_run.grade()
    except (KeyboardInterrupt, BrokenPipeError, ClusterError):
        left = [s.student for s in found if s.student_id not in graded[s.lesson]]
        pages = [str(out / name / "index.html") for name, done in graded.items() if done]
        said = stopped_summary(
            len(found), left, pages, progress.words, lang, progress.width, sandbox != "none"
        )
        progress.console.print(said, soft_wrap=True)
        raise
    all_ = [record for done in graded.values() for record in done.values()]
    if any(record.state == "needs_review" for record in all_):
        return 1
    low = fail_under is not None and any(100 * r.score < fail_under * r.max_score for r in all_)
    return 1 if low else 0


def _class(lesson: Lesson, submissions: Sequence[Submission], jobs: int | None) -> Class:
    count = min(slots(lesson.limits, jobs), len(submissions))
    return Class(lesson, submissions, Words.load(lesson.words), count)


def _check_engine(engine: str, scheduler: str | None) -> None:
    if scheduler is not None and engine != "dask":
        raise UsageError("--scheduler is for the dask engine: say --engine dask, too.")
    if engine == "dask" and scheduler is None:
        raise UsageError(
            "--engine dask needs --scheduler with the address of a Dask scheduler, such as "
            "tls://scheduler.example:8786. docs/cluster.md says how to start one."
        )
    if scheduler is not None:
        check_address(scheduler)


def _place(
    scheduler: str | None, sandbox: str | None, progress: Progress, shared: bool
) -> AbstractContextManager[Place]:
    if scheduler is not None:
        from grader.commands.on_cluster import Cluster

        return Cluster.joined(scheduler, sandbox, progress)
    return nullcontext(Here(*stands(sandbox), progress, shared))


def _say(of: Class, scheduler: str | None, progress: Progress) -> None:
    title, lang, n = (
        of.words.lesson_title(progress.lang) or of.lesson.name,
        progress.lang,
        len(of.submissions),
    )
    if scheduler is None:
        progress.say(of.words.ui("terminal.boot", lang, lesson=title, n=n, jobs=of.count))
    else:
        progress.say(of.words.ui("terminal.boot_cluster", lang, lesson=title, n=n, scheduler=scheduler))


def _tell(sentence: str) -> None:
    click.echo(one_line(f"grader: {sentence}", 400), err=True)
