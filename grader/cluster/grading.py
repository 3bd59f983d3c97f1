"""A class over the workers of a cluster: works in, products out, in the order in which they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from msgspec.structs import replace

from grader import warm
from grader.cluster import messages, worker
from grader.cluster.admission import Admission
from grader.cluster.bundle import digest
from grader.cluster.demand import Demand
from grader.cluster.executor import ClusterExecutor
from grader.cluster.members import Members
from grader.cluster.messages import Job, Sent, Terms
from grader.cluster.products import WorkerFailed, lost, product_of
from grader.cluster.rollcall import Heard
from grader.cluster.seats import DEPTH, LostWithWorkers
from grader.engines.window import as_ended
from grader.errors import GraderBug, LessonError
from grader.judge.outcome import Listed
from grader.lesson import Lesson
from grader.report.words import Words
from grader.work import Product, Work

if TYPE_CHECKING:
    from distributed import Client

_WINDOW = 4
"""Submissions in hand for each worker: read, sent, or come back and not yet written."""
FIRST_SECONDS = 60.0

Running = Callable[[Work, str], None]
"""Hears on which worker a submission runs now."""


class Grading:
    """The workers of one class, while `over` is open. `desk` renders here what has to be rendered again."""

    def __init__(
        self,
        lesson: Lesson,
        words: Words,
        terms: Terms,
        executor: ClusterExecutor,
        members: Members,
        listed: Sequence[Listed],
        desk: warm.Room,
        demand: Demand,
    ) -> None:
        self._lesson, self._words, self._terms = lesson, words, terms
        self._executor, self._members, self._listed = executor, members, listed
        self._demand = demand
        self.desk = desk

    @classmethod
    @contextmanager
    def over(
        cls, client: Client, lesson: Lesson, words: Words, terms: Terms, heard: Heard
    ) -> Iterator[Grading]:
        """Greets the workers and makes them ready. Raises as `Members.gather` does."""
        terms = replace(terms, lesson=lesson.name, bundle=digest(lesson), folder=str(lesson.folder))
        with ExitStack() as stack:
            desk = stack.enter_context(warm.Room("grader.desk.server", str(lesson.folder)))
            executor = ClusterExecutor(client)
            stack.callback(executor.shutdown, wait=False)
            members = Members(client, executor, Admission(client, terms, lesson), heard)
            stack.callback(members.close)
            listed = members.gather(FIRST_SECONDS)
            demand = Demand(client)
            stack.callback(demand.close)
            yield cls(lesson, words, terms, executor, members, listed, desk, demand)

    def spread(self, works: Iterable[Work], count: int, running: Running) -> Iterator[tuple[Work, Product]]:
        """(work, product) as each comes; few are in hand at a time. Ends early as `as_ended` does.

        count: how many works there are, for clusters that grow with what waits
        """

        def handed_in(work: Work) -> Future[Product | None]:
            return self._handed_in(work, lambda name: running(work, name))

        def stop() -> None:
            self._executor.shutdown(wait=False)

        self._demand.show(count - DEPTH * self._executor.slots)
        for number, (work, product) in enumerate(as_ended(handed_in, works, self._window, stop), 1):
            self._demand.show(count - number - DEPTH * self._executor.slots)
            if product is None:
                product = lost(work, self._lesson, self._terms, self._listed, self._words, self.desk)
            yield work, product

    def _window(self) -> int:
        return _WINDOW * max(self._executor.slots, 1)

    def _handed_in(self, work: Work, begun: Callable[[str], None]) -> Future[Product | None]:
        """The product to come; None where each worker that had it was lost."""
        made: Future[Product | None] = Future()
        terms = self._terms
        products: list[Product] = []

        def refused(reply: bytes, address: str) -> Exception | None:
            try:
                products.append(product_of(reply, work, terms))
            except WorkerFailed as error:
                self._members.failed(address, str(error))
                return error
            except GraderBug as error:
                return error
            except LessonError as error:
                self._executor.break_off(error)
                return error
            return None

        def ended(carried: Future[bytes]) -> None:
            with suppress(InvalidStateError):
                if carried.cancelled():
                    made.cancel()
                elif (error := carried.exception()) is None:
                    made.set_result(products[-1])
                elif isinstance(error, (LostWithWorkers, WorkerFailed)):
                    made.set_result(None)
                else:
                    made.set_exception(error)

        job = messages.pack(Job(terms, Sent.of(work)))
        carried = self._executor.hand_in(worker.carry_out, job, begun, refused)
        carried.add_done_callback(ended)
        return made
