"""The engine of a run on a Dask cluster: one connection and one agreement for all classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.cluster.admission import Admission
from grader.cluster.connecting import connected
from grader.cluster.grading import FIRST_SECONDS, Grading
from grader.cluster.messages import Terms
from grader.cluster.rollcall import agreed
from grader.cluster.versions import own
from grader.commands.locally import Engine
from grader.lesson import Lesson
from grader.report.progress import Progress
from grader.report.words import Words
from grader.sandbox import Level
from grader.work import Product, Work

if TYPE_CHECKING:
    from distributed import Client


@dataclass(frozen=True)
class _Told:
    """Says in the terminal who joins and who is refused."""

    progress: Progress
    said: set[tuple[str, str]] = field(default_factory=set)

    def workers(self, count: int) -> None:
        self.progress.workers(count)

    def refused(self, name: str, why: str) -> None:
        if (name, why) in self.said:  # by an earlier class
            return
        self.said.add((name, why))
        words, lang = self.progress.words, self.progress.lang
        self.progress.say(
            words.ui("terminal.worker_refused", lang, name=name, why=why.rstrip(".")), whole=True
        )


@dataclass(frozen=True)
class Cluster:
    """A cluster whose workers have agreed on a level; what stands there stands on all that are given work."""

    client: Client
    level: Level
    walls: tuple[str, ...]
    told: _Told

    @classmethod
    @contextmanager
    def joined(cls, scheduler: str, asked: str | None, progress: Progress) -> Iterator[Cluster]:
        """Connects and greets. Raises `ClusterError` where nobody is there that could grade."""
        level = _level(asked)
        with connected(scheduler) as client:
            terms = Terms(own(), level)
            told = _Told(progress)
            found, walls = agreed(client, Admission(client, terms), told, FIRST_SECONDS)
            yield cls(client, found, walls, told)

    @contextmanager
    def engine(
        self, lesson: Lesson, fingerprint: str, words: Words, count: int, works: int
    ) -> Iterator[Engine]:
        """Makes the workers ready for a class. Raises as `Grading.over` does."""
        progress = self.told.progress
        terms = Terms(own(), self.level, self.walls, lang=progress.lang, fingerprint=fingerprint)
        with Grading.over(self.client, lesson, words, terms, self.told) as grading:

            def running(work: Work, worker: str) -> None:
                said = progress.words.ui("terminal.on_worker", progress.lang, name=worker)
                progress.running(work.submission.student, said)

            def graded(works: Iterable[Work]) -> Iterator[tuple[Work, Product]]:
                return grading.spread(works, count, running)

            yield Engine(graded, grading.desk)


def _level(asked: str | None) -> Level | None:
    match asked:
        case "bubblewrap" | "landlock" | "none":
            return asked
        case _:
            return None
