"""One class: what was graded before is taken as it is, the rest is graded, and the class is written down.

Whatever ends a run, each result is in the journal before its record is written, each file is written whole,
and the next run goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from rich.cells import cell_len

from grader import record as records
from grader import secret as secrets
from grader import warm
from grader.commands.comparing import Comparing
from grader.commands.known import Known
from grader.commands.locally import Engine
from grader.commands.report import tell_odd, tell_strangers, write_class
from grader.engines.local import spread
from grader.errors import ClusterError, UsageError
from grader.filenames import stems
from grader.journal.earlier import Earlier
from grader.journal.store import Journal
from grader.lesson import Lesson
from grader.output import Shelf, signature
from grader.people import sheet as sheets
from grader.people.settling import settled
from grader.people.sheet import Sheet
from grader.record import Record
from grader.report.changes import changes
from grader.report.progress import Progress
from grader.report.summary import class_summary
from grader.report.terminal import submission_line
from grader.report.words import Words
from grader.slim import slim
from grader.submission import Submission
from grader.work import Product, Work, rendered

Opened = Callable[[int], AbstractContextManager[Engine]]


@dataclass(frozen=True)
class Class:
    """A class to be graded. `count`: how many at a time."""

    lesson: Lesson
    submissions: Sequence[Submission]
    words: Words
    count: int


class ClassRun:
    """One grading of a class. `graded` grows: slim records by the student's id."""

    def __init__(
        self,
        of: Class,
        shelf: Shelf,
        journal: Journal | None,
        earlier: Earlier,
        progress: Progress,
        secret: bytes,
        opened: Opened,
    ) -> None:
        """`opened` starts what grades; it is called only where there is something to grade."""
        self._of, self._shelf, self._earlier, self._progress = of, shelf, earlier, progress
        self._secret, self._opened = secret, opened
        self._known = Known(shelf.folder)
        there = self._known.now()
        self._comparing = Comparing(of.lesson.name, of.submissions, shelf, journal, list(there.values()))
        # Who has a name in this folder keeps it, so that no namesake of another run writes over anybody.
        stem_of = {record.student_id: stem for stem, record in there.items()}
        self._stems = stems([(s.student, s.student_id) for s in of.submissions], stem_of)
        self._sheet = sheets.read(shelf.folder)
        self._sheet_signature = signature(shelf.folder / sheets.NAME)
        self._stale: list[Submission] = []
        self.graded: dict[str, Record] = {}

    def grade(self) -> None:
        """Grades what has to be graded, and writes down the class."""
        begin = time.monotonic()
        try:
            rest = [one for one in self._of.submissions if not self._taken(one)]
            unchanged = len(self.graded)
            with ExitStack() as stack:
                if rest:
                    self._graded(rest, stack.enter_context(self._opened(len(rest))))
                elif self._stale:
                    folder = str(self._of.lesson.folder)
                    self._render(stack.enter_context(warm.Room("grader.desk.server", folder)))
        except (KeyboardInterrupt, BrokenPipeError, ClusterError):
            self._earlier.flush()
            if self.graded:
                self._comparing.write(self.graded)
                self._write_class()
            raise
        self._earlier.flush()
        self._finish(time.monotonic() - begin, unchanged)

    def _taken(self, one: Submission) -> bool:
        """Takes the record that `one` got before; False where it has to be graded."""
        record = self._earlier.record(one)
        if record is None:
            return False
        self._put(one, self._settled(record))
        return True

    def _put(self, one: Submission, record: Record) -> None:
        """Makes this the record of `one`. Not a byte is written where it is that already."""
        stem, content = self._stems[one.student_id], records.encode(record)
        path = self._shelf.folder / f"{stem}.json"
        if not path.is_file() or path.read_bytes() != content:
            self._shelf.write(path.name, content)
            self._known.written(stem, record)
        if not self._earlier.pages_stand(content, self._pages(stem)):
            self._stale.append(one)
        self.graded[one.student_id] = slim(record)

    def _graded(self, rest: Sequence[Submission], engine: Engine) -> None:
        progress, words, lang = self._progress, self._of.words, self._progress.lang
        width = min(24, progress.width // 4, max(cell_len(one.student) for one in rest))
        self._render(engine.desk)

        def works() -> Iterator[Work]:
            for one in rest:
                # An equal notebook may have been graded in the meantime.
                if self._taken(one):
                    progress.finished(
                        one.student, submission_line(self.graded[one.student_id], words, lang, width)
                    )
                    continue
                key = secrets.derive(self._secret, self._of.lesson.name, one.digest)
                yield Work(one.loaded(), key, self._sheet_now().of(one.student_id))

        with progress.over(len(rest)):
            for work, product in engine.graded(works()):
                record = self._kept(work, product, engine.desk)
                progress.finished(work.submission.student, submission_line(record, words, lang, width))
        self._render(engine.desk)

    def _kept(self, work: Work, product: Product, desk: warm.Room) -> Record:
        """Writes what came back, as people have it by now; returns the record."""
        one, record = work.submission, records.decode(product.record)
        first = self._earlier.keep(one, record)
        if first is not None or self._sheet_now().of(one.student_id) != work.sheet:
            record = self._settled(first or record)
            product = rendered(record, desk, str(self._of.lesson.folder), self._progress.lang)
        stem = self._stems[one.student_id]
        self._shelf.write(f"{stem}.json", product.record)
        self._known.written(stem, record)
        self._write_pages(stem, product)
        self.graded[one.student_id] = slim(record)
        return record

    def _render(self, desk: warm.Room) -> None:
        """Makes the pages anew that are missing, or no longer what would be made."""
        stale, self._stale = self._stale, []
        folder, lang = str(self._of.lesson.folder), self._progress.lang

        def work(stem: str, slot: int) -> Product:
            content = (self._shelf.folder / f"{stem}.json").read_bytes()
            return rendered(records.decode(content), desk, folder, lang)

        tasks = [self._stems[one.student_id] for one in stale]
        if tasks:
            with self._progress.over(len(tasks)):
                for stem, product in spread(work, tasks, self._of.count):
                    self._write_pages(stem, product)
                    self._progress.passed()

    def _write_pages(self, stem: str, product: Product) -> None:
        student, instructor = self._pages(stem)
        self._shelf.write(student.name, product.student)
        self._shelf.write(f"instructor/{instructor.name}", product.instructor)
        self._earlier.note_pages(product.record, (student, instructor))

    def _pages(self, stem: str) -> tuple[Path, Path]:
        folder = self._shelf.folder
        return folder / f"{stem}.html", folder / "instructor" / f"{stem}.html"

    def _settled(self, record: Record) -> Record:
        return settled(record, self._sheet_now(), self._of.words, self._progress.lang)

    def _sheet_now(self) -> Sheet:
        """What people say by now: they may write while a class is graded."""
        is_ = signature(self._shelf.folder / sheets.NAME)
        if is_ != self._sheet_signature:
            # Where it is half written by hand, what was said before holds until it can be read.
            with suppress(UsageError):
                self._sheet, self._sheet_signature = sheets.read(self._shelf.folder), is_
        return self._sheet

    def _finish(self, seconds: float, unchanged: int) -> None:
        progress, words, lang = self._progress, self._of.words, self._progress.lang
        regrade = self._comparing.write(self.graded)
        self._write_class()
        self._comparing.end()
        ordered = [self.graded[one.student_id] for one in self._of.submissions]
        page = str(self._shelf.folder / "index.html")
        if regrade is not None:
            progress.console.print(changes(regrade, words, lang, progress.width), soft_wrap=True, end="")
        summary = class_summary(
            ordered, words, lang, seconds=seconds, class_page=page, width=progress.width, unchanged=unchanged
        )
        progress.console.print(summary, soft_wrap=True)
        tell_strangers(self._shelf.folder, self._sheet_now(), self._known.now())

    def _write_class(self) -> None:
        """The class page and the gradebook of all records that lie there, of earlier runs, too."""
        write_class(self._shelf.folder, self._known.now(tell_odd), self._of.words, self._progress.lang)
