"""Many tasks through an executor: how many are in hand, what comes back, how it ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from grader.engines.local import spread
from grader.engines.window import as_ended


class Hands:
    """An executor's `submit` whose futures end when they are told to."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.futures: dict[int, Future[str]] = {}

    def submit(self, task: int) -> Future[str]:
        self.given.append(task)
        self.futures[task] = Future()
        return self.futures[task]

    def end(self, *tasks: int) -> None:
        for task in tasks:
            self.futures[task].set_result(f"done {task}")


def test_no_more_are_in_hand_than_the_window_and_no_more_are_asked_for():
    hands, asked = Hands(), []

    def tasks() -> Iterator[int]:
        for number in range(5):
            asked.append(number)
            yield number

    def submit(task: int) -> Future[str]:
        future = hands.submit(task)
        if task == 1:
            hands.end(0)
        elif task == 2:
            hands.end(2)
        return future

    coming = as_ended(submit, tasks(), 2)
    assert next(coming) == (0, "done 0")
    assert (hands.given, asked) == ([0, 1], [0, 1])
    assert next(coming) == (2, "done 2")
    assert hands.given == [0, 1, 2]
    hands.end(1)
    assert next(coming) == (1, "done 1")
    coming.close()
    assert asked == [0, 1, 2, 3] == hands.given


def test_what_was_done_before_an_interrupt_still_comes_and_the_rest_is_cancelled():
    hands, stopped = Hands(), []

    def submit(task: int) -> Future[str]:
        if task == 3:
            raise KeyboardInterrupt
        future = hands.submit(task)
        if task == 2:
            hands.end(0, 2)
            hands.futures[1].set_exception(ValueError("cut off"))
        return future

    seen = []
    coming = as_ended(submit, range(9), 4, lambda: stopped.append(True))
    with pytest.raises(KeyboardInterrupt):
        deque(map(seen.append, coming), maxlen=0)
    assert stopped == [True]
    assert sorted(seen) == [(0, "done 0"), (2, "done 2")]


def test_an_iterator_that_is_closed_early_stops_and_cancels():
    hands, stopped = Hands(), []

    def submit(task: int) -> Future[str]:
        future = hands.submit(task)
        if task == 1:
            hands.end(0)
        return future

    coming = as_ended(submit, range(3), 2, lambda: stopped.append(True))
    assert next(coming) == (0, "done 0")
    coming.close()
    assert stopped == [True]
    assert hands.futures[1].cancelled()


def test_what_a_task_raises_comes_up_and_the_others_are_cancelled():
    hands = Hands()

    def submit(task: int) -> Future[str]:
        future = hands.submit(task)
        if task == 1:
            future.set_exception(ValueError("no"))
        return future

    with pytest.raises(ValueError, match="no"):
        list(as_ended(submit, range(3), 2))
    assert hands.futures[0].cancelled()


def test_threads_have_slots_of_their_own():
    held: set[int] = set()
    shared = []

    def work(task: int, slot: int) -> int:
        if slot in held:
            shared.append(slot)
        held.add(slot)
        total = sum(range(200 * task))
        held.discard(slot)
        return total

    got = dict(spread(work, range(40), 3))
    assert got == {task: sum(range(200 * task)) for task in range(40)}
    assert not shared
