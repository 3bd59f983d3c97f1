"""The executor over real workers, which grade nothing here."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, wait

import pytest
from distributed import Client

from grader.cluster.connecting import connected
from grader.cluster.executor import ClusterExecutor
from grader.cluster.seats import LostWithWorkers
from grader.errors import ClusterError
from tests.cluster import calls
from tests.cluster.nodes import PATIENCE, Nodes, until


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """A scheduler and two workers that are started anew when they die."""
    with Nodes(tmp_path_factory.mktemp("nodes")) as nodes:
        nodes.scheduler()
        for name in ("one", "two"):
            nodes.worker(name, nanny=True, wait=False)
        nodes.all_there(2)
        yield nodes


@pytest.fixture
def client(nodes: Nodes) -> Iterator[Client]:
    with connected(nodes.address) as client:
        yield client


@pytest.fixture
def executor(client: Client) -> Iterator[Watched]:
    with Watched(client) as executor:
        until(lambda: executor.seen() == 2, "two workers")
        yield executor


class Watched(ClusterExecutor):
    """Admits whoever is there: what `Members` does, less the questions."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.client = client
        self.known: set[str] = set()

    def seen(self) -> int:
        there = set(self.client.nthreads())
        self.lose(self.known - there)
        for address in there - self.known:
            self.admit(address, address)
        self.known = there
        return self.slots

    def ask_how_many(self, address: str, count: int) -> None:
        """Waits until so many tasks of ours are on that worker."""
        until(lambda: len(self.client.processing()[address]) == count, f"{count} tasks")

    def ended(self, futures: list[Future[bytes]]) -> None:
        until(lambda: self.seen() + 1 and not wait(futures, timeout=0).not_done, "the results")


def test_every_task_is_answered_once(executor: Watched) -> None:
    futures = [executor.submit(calls.told, str(number).encode()) for number in range(40)]
    executor.ended(futures)
    answers = [future.result().split() for future in futures]
    assert [int(number) for _, number in answers] == list(range(40))
    assert len({process for process, _ in answers}) == 2


def test_a_killer_is_found_and_all_others_are_answered(executor: Watched) -> None:
    before = [executor.submit(calls.told, str(number).encode()) for number in range(10)]
    killer = executor.submit(calls.killing, b"")
    after = [executor.submit(calls.told, str(number).encode()) for number in range(10, 30)]
    executor.ended([*before, killer, *after])
    assert isinstance(killer.exception(), LostWithWorkers)
    assert [int(future.result().split()[1]) for future in before + after] == list(range(30))


def test_results_that_are_refused_are_asked_of_another_worker(executor: Watched) -> None:
    refused: list[str] = []

    def refuse(answer: bytes, address: str) -> Exception | None:
        if refused:
            return None
        refused.append(address)
        return ClusterError("not this one")

    begun: list[str] = []
    future = executor.hand_in(calls.told, b"x", begun.append, refuse)
    executor.ended([future])
    assert future.result().endswith(b"x")
    assert begun[0] == refused[0] != begun[1]


@pytest.mark.parametrize("call", [calls.raising, calls.no_bytes])
def test_what_is_no_result_ends_as_an_error(executor: Watched, call: object) -> None:
    future = executor.submit(call, b"no bytes of ours")  # type: ignore[arg-type]
    executor.ended([future])
    assert isinstance(future.exception(), ClusterError)
    assert executor.submit(calls.told, b"x").result(PATIENCE).endswith(b"x")


def test_a_shutdown_leaves_nothing_to_do(client: Client, executor: Watched) -> None:
    futures = [executor.submit(calls.told, b"x") for _ in range(20)]
    executor.shutdown(wait=False)
    assert all(future.done() for future in futures)
    with pytest.raises(RuntimeError):
        executor.submit(calls.told, b"x")
    until(lambda: not any(client.processing().values()), "an idle cluster")


def test_what_waits_ends_when_all_is_over(client: Client) -> None:
    with ClusterExecutor(client) as executor:
        waiting = executor.submit(calls.told, b"x")
        executor.break_off(ClusterError("over"))
        assert isinstance(waiting.exception(), ClusterError)
        assert isinstance(executor.submit(calls.told, b"x").exception(), ClusterError)


def test_a_worker_gets_two_tasks_and_no_third(executor: Watched, nodes: Nodes) -> None:
    """The third waits here; and where a worker comes, what waits behind another task goes to it."""
    pipe = str(nodes.held).encode()
    address = next(iter(executor.known))
    others = executor.known - {address}
    executor.lose(others)
    held = executor.submit(calls.held, pipe)
    process = nodes.holder()
    waiting = [executor.submit(calls.told, b"x") for _ in range(3)]
    executor.ask_how_many(address, 2)
    executor.admit(next(iter(others)), "other")
    executor.ended(waiting)
    assert {int(future.result().split()[0]) for future in waiting}.isdisjoint({process})
    nodes.go()
    executor.ended([held])
