"""The warm processes of one worker process: those of the lesson that it grades now.

They stay until another lesson or level is asked for, the worker ends, or nothing has come for a while.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

from grader.cluster.core import Core
from grader.cluster.kept import Kept
from grader.cluster.messages import Terms
from grader.errors import ClusterError
from grader.grade import Course
from grader.report.words import Words
from grader.workshop import Workshop

IDLE_SECONDS = 900.0


class Workbench:
    """At most one workshop, and one submission in it at a time."""

    def __init__(self, kept: Kept | None = None, idle: float = IDLE_SECONDS) -> None:
        self._kept, self._idle = kept or Kept(), idle
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._terms: Terms | None = None
        self._course: Course | None = None
        self._slot = 0
        self._timer: threading.Timer | None = None

    @contextmanager
    def course(self, terms: Terms) -> Iterator[tuple[Course, int]]:
        """The course that `terms` speaks of and the slot to use, for one submission.

        Raises `ClusterError` where the lesson is not here, and what `Workshop.open` raises. After any
        error in the block the next use begins with new processes.
        """
        with self._lock:
            self._wake()
            try:
                yield self._for(terms), self._slot
            except BaseException:
                self._close()
                raise
            finally:
                self._rest()

    def close(self) -> None:
        """Ends the processes, after the submission that is graded now. Idempotent."""
        with self._lock:
            self._wake()
            self._close()

    def _for(self, terms: Terms) -> Course:
        if self._course is not None and self._terms == terms:
            return self._course
        self._close()
        lesson = self._kept.find(terms.lesson, terms.bundle, terms.folder)
        if lesson is None:
            raise ClusterError(f"The lesson {terms.lesson} is not here in the state that is graded.")
        if terms.level is None:
            raise ClusterError("No sandbox level was agreed on.")
        with ExitStack() as undo:
            core = undo.enter_context(Core())
            workshop = undo.enter_context(Workshop.open(terms.level, [lesson], slots=core.cores))
            listed = tuple(workshop.listed(lesson, hidden=True))
            words = Words.load(lesson.words)
            self._course = Course(lesson, workshop, terms.fingerprint, words, terms.lang, listed)
            self._stack, self._terms, self._slot = undo.pop_all(), terms, core.number
        return self._course

    def _close(self) -> None:
        self._course = self._terms = None
        self._stack.close()

    def _wake(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _rest(self) -> None:
        self._timer = threading.Timer(self._idle, self.close)
        self._timer.daemon = True
        self._timer.start()


@cache
def workbench() -> Workbench:
    """The one of this process; it is closed with it."""
    made = Workbench()
    atexit.register(made.close)
    return made
