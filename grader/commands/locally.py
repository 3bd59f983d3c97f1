"""The engine of one class on this machine: the warm processes, and threads with slots in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from grader import warm
from grader.engines.local import spread
from grader.grade import Course
from grader.lesson import Lesson
from grader.report.progress import Progress
from grader.report.words import Words
from grader.sandbox import Level
from grader.work import Product, Work, done
from grader.workshop import Workshop

_WORTH_SHARING = 4
"""With so many submissions to grade, what they share spares more than it takes to prepare it."""

_WORTH_SETTLING = 32
"""From so many on, forks that are 20 ms cheaper spare more than the 0.7 s that it takes to make them so."""


@dataclass(frozen=True)
class Engine:
    """What grades a class. `graded`: each work and its product as that is done; `desk`: the driver's own."""

    graded: Callable[[Iterable[Work]], Iterator[tuple[Work, Product]]]
    desk: warm.Room


class Place(Protocol):
    """Where the classes of a run are graded. level, walls: of the sandbox, as they stand there"""

    @property
    def level(self) -> Level: ...

    @property
    def walls(self) -> tuple[str, ...]: ...

    def engine(
        self, lesson: Lesson, fingerprint: str, words: Words, count: int, works: int
    ) -> AbstractContextManager[Engine]:
        """Makes ready what grades a class of `works`; `count`: how many at a time on this machine."""
        ...


@dataclass(frozen=True)
class Here:
    """This machine. shared: what submissions begin with is run once for all"""

    level: Level
    walls: tuple[str, ...]
    progress: Progress
    shared: bool

    @contextmanager
    def engine(
        self, lesson: Lesson, fingerprint: str, words: Words, count: int, works: int
    ) -> Iterator[Engine]:
        """Boots what is needed to grade `count` submissions at a time. Raises as `Workshop.open` does."""
        progress, lang = self.progress, self.progress.lang
        with Workshop.open(self.level, [lesson], slots=count, few=works < _WORTH_SETTLING) as workshop:
            listed = tuple(workshop.listed(lesson, hidden=True))
            course = Course(lesson, workshop, fingerprint, words, lang, listed)

            def in_slot(work: Work, slot: int) -> Product:
                def said(what: str, number: int, of: int) -> None:
                    doing = words.ui(f"terminal.at_{what}", lang, n=number, of=of)
                    progress.running(work.submission.student, doing)

                return done(work, course, slot, said)

            def counted(works: Iterable[Work]) -> Iterator[Work]:
                for number, work in enumerate(works, start=1):
                    if number == _WORTH_SHARING and self.shared:
                        workshop.begin(lesson)
                    yield work

            def graded(works: Iterable[Work]) -> Iterator[tuple[Work, Product]]:
                return spread(in_slot, counted(works), count, workshop.house.close)

            yield Engine(graded, workshop.desk)
