"""`grader check` where nothing can be forked: a fresh process runs the cells, then answers on copies.

There are no walls, so this is taken only with `--sandbox none`. The driver is the judge as well: it starts
one process, keeps every deadline from outside, and renews that process where one is missed.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from grader import notebook as notebooks
from grader import secret
from grader.cell_run import CellRun, Events
from grader.errors import LessonError, SandboxError, SubmissionError
from grader.judge.outcome import Outcome, Verdict
from grader.lesson import Lesson
from grader.live.line_guest import LineGuests
from grader.live.process import Process
from grader.live.setting import Noted, composed
from grader.notebook import Notebook
from grader.record import Record
from grader.report.words import Lang, Words
from grader.running import run_again, told
from grader.scoring import unreadable
from grader.submission import Submission
from grader.transcript import Transcript
from grader.wire.pipes import Line

Said = Callable[[str, int, int], None]
"""Hears what is going on: "cell" or "check", its number from 1 and how many there are; "judging", 0, 0."""


def check_alone(
    submission: Submission,
    lesson: Lesson,
    words: Words,
    lang: Lang,
    only: str | None,
    said: Said,
) -> Record:
    """The record of one notebook, by its public checks. Raises `LessonError` where those do not work."""
    sys.dont_write_bytecode = True  # rewritten checks never lie beside the lesson
    try:
        notebook = _read(submission)
    except SubmissionError as error:
        return _unreadable(submission, error, lesson, words, lang)
    with _folder(lesson) as folder:
        run = _Alone(lesson, notebook, folder, said)
        try:
            # While that process imports what it needs, this one does.
            import torch

            from grader.judge.run import run_checks

            torch.set_num_threads(1)
            transcript = run.cells()
            said("judging", 0, 0)
            number, checks = count(1), len(lesson.expected_checks(hidden=False)) if only is None else 0
            guests = LineGuests(
                run.line,
                lesson.limits,
                run.again,
                lambda check: said("check", next(number), checks) if checks else None,
            )
            key = secret.derive(secret.PUBLIC, lesson.name, submission.digest)
            verdict = run_checks(lesson, guests, key, hidden=False, only=only)
        finally:
            run.close()
    notes: list[Noted] = [(note.code, dict(note.facts)) for note in notebook.notes]
    notes.append(("note.without_forks", {}))
    return composed(submission, transcript, _outcomes(verdict, lesson), notes, lesson, words, lang)


class _Alone:
    """One notebook's process, begun anew as often as its cells or a check cost it."""

    def __init__(self, lesson: Lesson, notebook: Notebook, folder: Path, said: Said) -> None:
        self._lesson, self._notebook, self._folder, self._said = lesson, notebook, folder, said
        self._code = sum(cell.kind == "code" and bool(cell.source.strip()) for cell in notebook.cells)
        self._first: int | None = None
        self._process = Process(folder)

    @property
    def line(self) -> Line:
        return self._process.line

    def cells(self) -> Transcript:
        """How the cells ran. Those before one that cost the process have then run again in a fresh one."""
        transcript = self._run(lambda number: self._said("cell", number, self._code))
        run_again(transcript, self._afresh)
        return transcript

    def again(self) -> Line | None:
        """A fresh process in which the same cells have run; None where they do not."""
        return self.line if self._afresh(self._first).rerun is None else None

    def close(self) -> None:
        self._process.close()

    def _afresh(self, first: int | None) -> Transcript:
        self._process.close()
        self._first = first
        self._process = Process(self._folder)
        return self._run(None)

    def _run(self, said: Callable[[int], None] | None) -> Transcript:
        self._process.ready()
        run = _ProcessRun(self._process, self._lesson.limits, said)
        return told(run, self._notebook, seed=self._lesson.seed, data=None, first=self._first)


class _ProcessRun(CellRun):
    """A run of cells in a process of its own, watched by the clock alone."""

    def cpu(self) -> float | None:
        return None

    def opened(self, largest: int) -> Events:
        process = self._room
        assert isinstance(process, Process)
        process.line.watch = self.watch
        process.begin = time.monotonic()
        return process.line

    def left(self) -> None:
        process = self._room
        assert isinstance(process, Process)
        process.line.watch = None


@contextlib.contextmanager
def _folder(lesson: Lesson) -> Iterator[Path]:
    """A folder to run in, with the lesson's data at ./, ./data and ../data, where notebooks look for it."""
    with tempfile.TemporaryDirectory(prefix="grader-", ignore_cleanup_errors=True) as name:
        work = Path(name) / "notebook"
        work.mkdir()
        if lesson.data is not None:
            for place in (work, work / "data", Path(name) / "data"):
                shutil.copytree(lesson.data, place, dirs_exist_ok=True)
        yield work


def _read(submission: Submission) -> Notebook:
    if submission.problem is not None:
        raise submission.problem.error()
    return notebooks.read(submission.content)


def _outcomes(verdict: Verdict, lesson: Lesson) -> list[Outcome]:
    if verdict.blame == "author":
        raise LessonError(f"The checks of {lesson.name} do not work. {verdict.trouble}")
    if verdict.trouble is not None and not verdict.outcomes:
        raise SandboxError(f"The checks could not be run: {verdict.trouble.strip().splitlines()[-1][:300]}")
    return verdict.outcomes


def _unreadable(
    submission: Submission, error: SubmissionError, lesson: Lesson, words: Words, lang: Lang
) -> Record:
    from grader.judge.run import collect_checks

    transcript, outcomes = unreadable(error, collect_checks(lesson, hidden=False).listed)
    return composed(submission, transcript, outcomes, [], lesson, words, lang)
