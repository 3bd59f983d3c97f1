"""Who is there and who fits, with a scheduler and workers that only pretend."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from grader.cluster import rollcall
from grader.cluster.admission import Unfit
from grader.cluster.messages import Greeting
from grader.cluster.rollcall import RollCall, agreed, answered_within_patience
from grader.cluster.versions import own
from grader.errors import ClusterError


class Cluster:
    """Client and admission in one: workers by address, and the levels that stand there."""

    status = "running"

    def __init__(self, **levels: str | None) -> None:
        self.levels = levels
        self.agreement: tuple[str, tuple[str, ...]] | None = None
        self.beacons = 0
        self.more_walls: set[str] = set()

    def nthreads(self) -> dict[str, int]:
        return dict.fromkeys(self.levels, 1)

    def names(self, addresses: list[str]) -> dict[str, str]:
        return {address: f"node {address}" for address in addresses}

    def beacon(self) -> object:
        self.beacons += 1
        return object()

    def agree(self, level: str, walls: tuple[str, ...]) -> None:
        self.agreement = level, walls

    def greeted(self, address: str) -> Greeting:
        level = self.agreement[0] if self.agreement else self.levels[address]
        if self.levels[address] is None:
            raise Unfit("it has nothing")
        walls = (f"{level}.wall", *(["more"] if address in self.more_walls else []))
        return Greeting(own(), address, level, walls, "", True)  # type: ignore[arg-type]


class Told:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def workers(self, count: int) -> None:
        self.lines.append(str(count))

    def refused(self, name: str, why: str) -> None:
        self.lines.append(f"{name}: {why}")


def roll_of(cluster: Cluster, told: Told) -> RollCall:
    return RollCall(cluster, cluster, told)  # type: ignore[arg-type]


def agreement(cluster: Cluster, told: Told) -> tuple[str, tuple[str, ...]]:
    return agreed(cluster, cluster, told, 0.0)  # type: ignore[arg-type]


def test_the_level_is_the_best_that_all_reach() -> None:
    assert agreement(Cluster(a="bubblewrap", b="bubblewrap"), Told()) == ("bubblewrap", ("bubblewrap.wall",))
    assert agreement(Cluster(a="bubblewrap", b="landlock"), Told()) == ("landlock", ("landlock.wall",))


def test_who_reaches_none_is_refused_and_lowers_nothing() -> None:
    told = Told()
    assert agreement(Cluster(a="bubblewrap", b=None), told)[0] == "bubblewrap"
    assert told.lines == ["node b: it has nothing"]


def test_the_walls_are_those_of_most() -> None:
    cluster = Cluster(a="landlock", b="landlock", c="landlock")
    cluster.more_walls = {"b"}
    assert agreement(cluster, Told())[1] == ("landlock.wall",)
    cluster.more_walls = {"a", "b"}
    cluster.agreement = None
    assert agreement(cluster, Told())[1] == ("landlock.wall", "more")


def test_where_none_fits_it_is_said_why_and_how_many() -> None:
    with pytest.raises(ClusterError, match=r"No worker of the cluster fits. 2 of them: it has nothing\."):
        agreement(Cluster(a=None, b=None), Told())


def test_where_nobody_is_there_somebody_is_called_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollcall, "EVERY", 0.0)
    cluster = Cluster()
    with pytest.raises(ClusterError, match="it has no worker"):
        roll_of(cluster, Told()).first(0.01)
    assert cluster.beacons == 1


def test_who_comes_and_goes_is_noticed_and_who_is_gone_is_no_longer_refused() -> None:
    cluster, told = Cluster(a="landlock"), Told()
    roll = roll_of(cluster, told)
    assert roll.changes() == (["a"], [])
    roll.refuse("a", "why")
    roll.refuse("a", "why")
    cluster.levels = {"b": "landlock"}
    assert roll.changes() == (["b"], ["a"])
    cluster.levels = {"a": "landlock"}
    assert roll.changes() == (["a"], ["b"])
    assert roll.refused == {}
    assert told.lines == ["node a: why"]
    roll.close()


def test_a_lost_connection_is_an_error_at_once() -> None:
    cluster = Cluster(a="landlock")
    cluster.status = "connecting"
    with pytest.raises(ConnectionError):
        roll_of(cluster, Told()).changes()


def test_one_that_hangs_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollcall, "PATIENCE", 0.0)
    monkeypatch.setattr(rollcall, "EVERY", 0.0)
    answered: Future[int] = Future()
    answered.set_result(1)
    answered_within_patience([answered, Future()])


def test_a_refusal_does_not_hurry_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience begins with the first that fits."""
    monkeypatch.setattr(rollcall, "PATIENCE", 0.0)
    monkeypatch.setattr(rollcall, "EVERY", 0.0)
    refused: Future[int] = Future()
    refused.set_exception(Unfit("why"))
    waiting = [refused, Late()]
    answered_within_patience(waiting)
    assert waiting[1].done()


class Late(Future[int]):
    """Is done when it is asked for the third time."""

    asked = 0

    def done(self) -> bool:
        self.asked += 1
        if self.asked == 3:
            self.set_result(1)
        return super().done()
