"""Who is there, who was refused and why: the list of a cluster's workers as one run sees it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from grader.cluster.admission import Admission, Unfit
from grader.cluster.messages import Greeting
from grader.errors import ClusterError
from grader.sandbox.launch import Level

if TYPE_CHECKING:
    from distributed import Client

EVERY = 0.5
"""Seconds between two questions to the scheduler."""
PATIENCE = 30.0
_GREETERS = 16
_STRENGTH: dict[Level, int] = {"bubblewrap": 2, "landlock": 1, "none": 0}

Given = TypeVar("Given")


class Heard(Protocol):
    """Who is told of workers. Called from several threads."""

    def workers(self, count: int) -> None:
        """So many can be handed something now."""

    def refused(self, name: str, why: str) -> None:
        """This worker does not fit, or cannot go on: it gets nothing."""


class RollCall:
    """Thread-safe as far as one thread alone calls `changes`."""

    def __init__(self, client: Client, admission: Admission, heard: Heard) -> None:
        self._client, self._admission, self._heard = client, admission, heard
        self._beacon: object = None
        self.pool = ThreadPoolExecutor(_GREETERS, thread_name_prefix="greet")
        self.there: dict[str, str] = {}
        """Names by address."""
        self.refused: dict[str, str] = {}
        """Reasons by address."""
        self.over = Event()

    def changes(self) -> tuple[list[str], list[str]]:
        """Addresses that are new, and those that are gone, since the last time.

        Raises where the scheduler has gone.
        """
        if self._client.status != "running":  # else it would try for half a minute to come back
            raise ConnectionError("the scheduler does not answer")
        found = set(self._client.nthreads())
        new, gone = sorted(found - set(self.there)), sorted(set(self.there) - found)
        for address in gone:
            self.there.pop(address)
            self.refused.pop(address, None)
        if new:
            self.there.update(self._admission.names(new))
        if self.there:
            self._beacon = None
        return new, gone

    def first(self, seconds: float) -> list[str]:
        """Who is there, as soon as anybody is. Raises `ClusterError` after `seconds` without."""
        deadline = time.monotonic() + seconds
        while True:
            new, _ = self.changes()
            if new:
                return new
            if time.monotonic() > deadline:
                raise ClusterError(
                    "The scheduler answers, but it has no worker. Start some (docs/cluster.md) "
                    "and run the same command again."
                )
            self.call_for_one()
            self.over.wait(EVERY)

    def call_for_one(self) -> None:
        """Leaves a task that anybody may take, so that a cluster which grows with its work begins to."""
        if self._beacon is None:
            self._beacon = self._admission.beacon()

    def each(self, addresses: Iterable[str], call: Callable[[str], Given]) -> dict[str, Given]:
        """What `call` gives for each worker, side by side; those that do not fit are refused.

        Once one has answered, the others have `PATIENCE` seconds: who is busy or hangs does not stop the run.
        """
        asked: dict[str, Future[Given]] = {one: self.pool.submit(call, one) for one in addresses}
        answered_within_patience(list(asked.values()))
        given = {}
        for address, future in asked.items():
            if not future.done():
                continue
            try:
                given[address] = future.result()
            except Unfit as error:
                self.refuse(address, str(error))
        return given

    def refuse(self, address: str, why: str) -> None:
        """This worker gets nothing as long as it stays."""
        if address in self.there and address not in self.refused:
            self.refused[address] = why
            self._heard.refused(self.there[address], why)

    def none_fits(self) -> ClusterError:
        """What to say where nobody is left who could do it."""
        counted = Counter(self.refused.values()).most_common(3)
        why = " ".join(f"{count} of them: {reason.rstrip('.')}." for reason, count in counted)
        return ClusterError(
            f"No worker of the cluster fits. {why or 'They left before they could begin.'} "
            "Mend that, then run the same command again (docs/cluster.md)."
        )

    def close(self) -> None:
        """Idempotent."""
        self.over.set()
        self._beacon = None
        self.pool.shutdown(wait=False, cancel_futures=True)


def answered_within_patience(asked: Sequence[Future[Any]]) -> None:
    """Waits until all have come, or `PATIENCE` seconds after the first that is no error."""
    since: float | None = None
    while wait(asked, timeout=EVERY).not_done:  # a main thread has to look for signals
        now = time.monotonic()
        if since is None and any(one.done() and one.exception() is None for one in asked):
            since = now
        if since is not None and now - since > PATIENCE:
            return


def agreed(
    client: Client, admission: Admission, heard: Heard, seconds: float
) -> tuple[Level, tuple[str, ...]]:
    """The sandbox level that all workers reach who fit, and the walls that stand there on most of them.

    Waits `seconds` for a first worker. Raises `ClusterError` where none comes or none fits.
    """
    roll = RollCall(client, admission, heard)
    try:
        greeted: dict[str, Greeting] = roll.each(roll.first(seconds), admission.greeted)
        levels = {greeting.level for greeting in greeted.values()} - {None}
        weakest = min((level for level in levels if level), key=lambda level: _STRENGTH[level], default=None)
        if weakest is None:
            raise roll.none_fits()
        admission.agree(weakest, ())
        if levels != {weakest}:
            greeted = roll.each(greeted, admission.greeted)
        counted = Counter(greeting.walls for greeting in greeted.values())
        if not counted:
            raise roll.none_fits()
        return weakest, max(counted, key=lambda walls: (counted[walls], len(walls), walls))
    finally:
        roll.close()
