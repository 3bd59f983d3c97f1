"""Shows the scheduler how much work waits, so that a cluster which grows with its work grows.

Submissions wait here and not with the scheduler, which therefore sees two for each worker and no more. For
those that wait it gets stand-ins: tasks that no worker may take. They are named as submissions are, so that
the scheduler takes them to be as long as those that have been graded.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from grader.cluster.seats import new_key

if TYPE_CHECKING:
    from distributed import Client

MOST = 1000
"""Stand-ins at once: enough for a hundred workers even where a submission takes half a second."""
_NOBODY = {"grader-waiting": 1.0}
"""A resource that no worker has."""


class Demand:
    """The stand-ins of one class. Not thread-safe."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._held: list[Any] = []

    def show(self, waiting: int) -> None:
        """From now on this many submissions wait, as far as the scheduler knows; never raises."""
        wanted = max(0, min(waiting, MOST))
        with suppress(Exception):  # the scheduler has gone, which the watch over the members finds out
            while len(self._held) > wanted:
                self._held.pop().release()
            while len(self._held) < wanted:
                self._held.append(self._stand_in())

    def close(self) -> None:
        """Nothing waits any more. Idempotent."""
        self.show(0)

    def _stand_in(self) -> Any:
        return self._client.submit(_never, key=new_key(), pure=False, resources=_NOBODY)


def _never() -> None:
    raise AssertionError("nobody may run this")
