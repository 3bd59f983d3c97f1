"""What a cluster that grows is told of work that waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from distributed import Client

from grader.cluster import demand
from grader.cluster.connecting import connected
from grader.cluster.demand import Demand
from tests.cluster.nodes import Nodes, until


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Of a scheduler with one worker."""
    with Nodes(tmp_path_factory.mktemp("nodes")) as nodes:
        nodes.scheduler()
        nodes.worker("one")
        with connected(nodes.address) as client:
            yield client


def wanted(client: Client) -> int:
    """How many workers would do the work within a second."""
    return int(client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.adaptive_target(1.0)))


def running(client: Client) -> int:
    return sum(map(len, client.processing().values()))


def test_more_workers_are_wanted_the_more_waits_and_no_worker_is_bothered(client: Client) -> None:
    waits = Demand(client)
    waits.show(8)
    until(lambda: wanted(client) == 4, "four workers for 8 times half a second")
    waits.show(30)
    until(lambda: wanted(client) == 15, "fifteen")
    assert running(client) == 0
    waits.show(2)
    until(lambda: wanted(client) == 1, "one")
    waits.close()
    waits.close()
    until(lambda: client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0, "nothing")


def test_there_are_never_more_than_a_scheduler_takes_easily(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demand, "MOST", 5)
    waits = Demand(client)
    waits.show(50_000)
    until(lambda: client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 5, "five")
    waits.show(-3)
    until(lambda: client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)) == 0, "none")


def test_a_scheduler_that_has_gone_is_for_others_to_tell(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Nodes(tmp_path_factory.mktemp("gone")) as nodes:
        scheduler = nodes.scheduler()
        with connected(nodes.address) as client:
            waits = Demand(client)
            waits.show(3)
            scheduler.process.kill()
            scheduler.ended()
            until(lambda: client.status != "running", "its end")
            waits.show(10)
            waits.close()
