"""`concurrent.futures` over the admitted workers of a cluster: one task runs on a worker, one waits there.

Dask carries, and knows who is there. Which worker gets which task is decided here: only so does no task
reach a worker that was not admitted, and only so is it known what was with a worker when it was lost.

- What a lost worker held is handed out again, first, and to a worker that holds nothing else.
- What was with `LOSSES` lost workers, each but the first time alone, ends with `LostWithWorkers`.

So a task may be carried out twice; the first result counts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, InvalidStateError, ThreadPoolExecutor
from contextlib import suppress
from threading import RLock
from typing import TYPE_CHECKING, Any

from grader.cluster.seats import DEPTH, LOSSES, Begun, Call, LostWithWorkers, Refused, Seat, Task, new_key
from grader.errors import ClusterError

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as DaskFuture

_FETCH_SECONDS = 60.0
_FETCHERS = 4


class ClusterExecutor(Executor):
    """Hands out to the workers that `admit` names, until `lose` or `dismiss` takes them away. Thread-safe."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = RLock()
        self._seats: dict[str, Seat] = {}
        self._queue: deque[Task] = deque()
        self._broken: Exception | None = None
        self._closed = False
        self._fetchers = ThreadPoolExecutor(_FETCHERS, thread_name_prefix="fetch")

    @property
    def slots(self) -> int:
        """How many workers there are to hand out to."""
        with self._lock:
            return len(self._seats)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """`fn(argument)` on some worker; argument and result are bytes."""
        (argument,) = args
        return self.hand_in(fn, argument)

    def hand_in(
        self,
        call: Call,
        argument: bytes,
        begun: Begun = lambda worker: None,
        refused: Refused = lambda result, address: None,
    ) -> Future[bytes]:
        """The same for who wants to hear where it runs, and to say what is a result."""
        task = Task(call, argument, Future(), begun, refused)
        with self._lock:
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            if self._broken is not None:
                task.future.set_exception(self._broken)
                return task.future
            self._queue.append(task)
            self._hand_out()
        return task.future

    def admit(self, address: str, name: str) -> None:
        """From now on this worker gets tasks."""
        with self._lock:
            self._seats.setdefault(address, Seat(address, name))
            self._hand_out()

    def lose(self, addresses: Iterable[str]) -> None:
        """These workers are gone: what they held is handed out again, one at a time."""
        for address in addresses:
            self._leave(address, blamed=True)

    def dismiss(self, address: str) -> None:
        """This worker gets no more tasks; what it holds is handed out again."""
        self._leave(address, blamed=False)

    def break_off(self, why: Exception) -> None:
        """Nothing more can be done: every task ends with `why`."""
        with self._lock:
            self._broken = why
            waiting = self._emptied()
        for task in waiting:
            with suppress(InvalidStateError):
                task.future.set_exception(why)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes back what was handed out. What runs on a worker cannot be stopped: its own limits end it."""
        with self._lock:
            self._closed = True
            waiting = self._emptied()
        for task in waiting:
            task.future.cancel()
        self._fetchers.shutdown(wait=False, cancel_futures=True)

    def _emptied(self) -> list[Task]:
        tasks = list(self._queue)
        for seat in self._seats.values():
            for future, task in seat.held.items():
                tasks.append(task)
                future.release()
        self._queue.clear()
        self._seats.clear()
        return tasks

    def _leave(self, address: str, *, blamed: bool) -> None:
        with self._lock:
            seat = self._seats.pop(address, None)
            if seat is None:
                return
            held, seat.held = seat.held, {}
            for future, task in reversed(held.items()):
                future.release()
                self._once_more(task, None, blamed=blamed)
            self._hand_out()

    def _once_more(self, task: Task, why: Exception | None, *, blamed: bool) -> None:
        task.losses += blamed
        if task.losses < LOSSES:
            self._queue.appendleft(task)
        elif not task.future.done():
            task.future.set_exception(why or LostWithWorkers(f"It was with {LOSSES} workers that were lost."))

    def _hand_out(self) -> None:
        """In order; a task that has to be alone waits for a free worker, and all others behind it."""
        while self._queue and self._seats:
            task = self._queue[0]
            if task.future.done():
                self._queue.popleft()
                continue
            seats = [seat for seat in self._seats.values() if seat.takes(task)]
            seat = min(seats, key=lambda one: (one.address in task.avoid, len(one.held)), default=None)
            if seat is None:
                return
            self._queue.popleft()
            self._give(task, seat)
        if not self._queue:
            self._even_out()

    def _even_out(self) -> None:
        """Takes what waits behind another task to a worker that has none, once nothing else is left."""
        while True:
            free = next((seat for seat in self._seats.values() if not seat.held), None)
            full = next((seat for seat in self._seats.values() if len(seat.held) >= DEPTH), None)
            if free is None or full is None:
                return
            future, task = full.held.popitem()
            future.release()
            self._give(task, free)

    def _give(self, task: Task, seat: Seat) -> None:
        if not seat.held:
            task.begun(seat.name)
        try:
            future = self._client.submit(
                task.call, task.argument, key=new_key(), pure=False,
                workers=[seat.address], allow_other_workers=False,
            )  # fmt: skip
        except Exception:  # the connection is lost, which the watch over the members finds out
            self._seats.pop(seat.address, None)
            self._queue.appendleft(task)
            return
        seat.held[future] = task

        def ended(done: DaskFuture[Any]) -> None:
            with suppress(RuntimeError):  # shut down meanwhile
                self._fetchers.submit(self._fetch, seat, done, task)

        future.add_done_callback(ended)

    def _fetch(self, seat: Seat, future: DaskFuture[Any], task: Task) -> None:
        """Takes a result from the worker that has it, after which the worker may forget it."""
        result, why = _result(future)
        with self._lock:
            held = seat.held.pop(future, None) is not None
            future.release()
        if result is not None:
            why = task.refused(result, seat.address)
        with self._lock:
            if result is not None and why is None:
                with suppress(InvalidStateError):  # another worker was first, or nobody waits any more
                    task.future.set_result(result)
            elif held:
                task.avoid.add(seat.address)
                self._once_more(task, why, blamed=True)
            if held and seat.held:
                next(iter(seat.held.values())).begun(seat.name)
            self._hand_out()


def _result(future: DaskFuture[Any]) -> tuple[bytes | None, Exception | None]:
    """The bytes that came, or what came instead: None where the worker was lost or the task taken back."""
    from distributed.scheduler import KilledWorker

    try:
        result = future.result(timeout=_FETCH_SECONDS)
    except (KilledWorker, TimeoutError):
        return None, None
    except BaseException as error:  # also CancelledError, which is no Exception for some
        cancelled = "Cancelled" in type(error).__name__
        return None, None if cancelled else ClusterError(f"{type(error).__name__}: {error}"[:500])
    if isinstance(result, bytes):
        return result, None
    return None, ClusterError(f"A worker gave back {type(result).__name__} in place of bytes.")
