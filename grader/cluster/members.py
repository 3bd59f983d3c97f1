"""Who gets work: every worker is greeted, compared, given the lesson and made warm before its first task.

Workers may come and go at any time. One that does not fit is named once, with what it lacks.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

from grader.cluster.admission import Admission, Unfit
from grader.cluster.executor import ClusterExecutor
from grader.cluster.rollcall import EVERY, Heard, RollCall, answered_within_patience
from grader.errors import ClusterError, LessonError
from grader.judge.outcome import Listed

if TYPE_CHECKING:
    from distributed import Client

_ALONE_SECONDS = 600.0
"""How long a run waits for a worker to come back once all have left."""
_STRIKES = 2


class Members:
    """The workers of one class."""

    def __init__(self, client: Client, executor: ClusterExecutor, admission: Admission, heard: Heard) -> None:
        self._executor, self._admission, self._heard = executor, admission, heard
        self._roll = RollCall(client, admission, heard)
        self._strikes: Counter[str] = Counter()
        self._counted = -1
        self._listed: tuple[Listed, ...] | None = None
        self._wrong: LessonError | None = None
        self._thread = threading.Thread(target=self._watch, name="members", daemon=True)

    def gather(self, seconds: float) -> tuple[Listed, ...]:
        """Admits who is there, and from then on who comes; gives the checks of the lesson.

        Waits `seconds` for a first worker. Raises `ClusterError` where none comes or none fits, `LessonError`
        where the lesson's checks do not work.
        """
        asked = [self._roll.pool.submit(self._join, address) for address in self._roll.first(seconds)]
        answered_within_patience(asked)
        if self._wrong is not None:
            raise self._wrong
        if self._listed is None:
            raise self._roll.none_fits()
        self._count()
        self._thread.start()
        return self._listed

    def failed(self, address: str, why: str) -> None:
        """A worker could not do what it was admitted for; at the second time it gets nothing more."""
        self._strikes[address] += 1
        if self._strikes[address] >= _STRIKES:
            self._roll.refuse(address, why)
            self._executor.dismiss(address)
            self._count()

    def close(self) -> None:
        """Watches no longer. Idempotent."""
        self._roll.close()

    def _watch(self) -> None:
        since = time.monotonic()
        while not self._roll.over.wait(EVERY):
            try:
                new, gone = self._roll.changes()
            except Exception:
                if not self._roll.over.is_set():
                    self._executor.break_off(_scheduler_gone())
                return
            self._executor.lose(gone)
            for address in new:
                self._roll.pool.submit(self._join, address)
            self._count()
            if self._executor.slots:
                since = time.monotonic()
            elif not self._roll.there:
                self._roll.call_for_one()
            elif all(address in self._roll.refused for address in self._roll.there):
                self._executor.break_off(self._roll.none_fits())
            if time.monotonic() - since > _ALONE_SECONDS:
                self._executor.break_off(_nobody_left())

    def _join(self, address: str) -> None:
        """Raises where nothing came of it, once that is said."""
        try:
            prepared = self._admission.made_ready(address)
        except Unfit as error:
            self._roll.refuse(address, str(error))
            raise
        except LessonError as error:
            self._wrong = error
            self._executor.break_off(error)
            raise
        if address in self._roll.there:
            self._listed = prepared.listed
            self._executor.admit(address, self._roll.there[address])
            if self._thread.is_alive():
                self._count()

    def _count(self) -> None:
        slots = self._executor.slots
        if slots != self._counted:
            self._counted = slots
            self._heard.workers(slots)


def _scheduler_gone() -> ClusterError:
    return ClusterError(
        "The connection to the scheduler is lost. What is graded by now is kept: run the same command again "
        "once the scheduler is there."
    )


def _nobody_left() -> ClusterError:
    return ClusterError(
        f"There has been no worker for {_ALONE_SECONDS / 60:.0f} minutes. What is graded by now is kept: run "
        "the same command again once there are some."
    )
