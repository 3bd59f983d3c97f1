"""The local engine: threads, each holding a slot of its own."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from grader.engines.window import as_ended
from grader.sandbox.limits import Limits

Task = TypeVar("Task")
Result = TypeVar("Result")

_WINDOW = 2


def slots(limits: Limits, asked: int | None) -> int:
    """How many submissions to grade at once: what was asked for, else min(cores, memory / limit)."""
    cores = len(os.sched_getaffinity(0))
    if asked is not None:
        return max(1, asked)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(cores, memory // (limits.memory + limits.disk)))


def spread(
    work: Callable[[Task, int], Result],
    tasks: Iterable[Task],
    count: int,
    stop: Callable[[], None] = lambda: None,
) -> Iterator[tuple[Task, Result]]:
    """(task, work(task, slot)) as each is done; at most twice `count` tasks are in hand.

    Ends as `as_ended` does; tasks already begun end first.
    """
    free: queue.SimpleQueue[int] = queue.SimpleQueue()
    for slot in range(count):
        free.put(slot)

    def in_slot(task: Task) -> Result:
        slot = free.get()
        try:
            return work(task, slot)
        finally:
            free.put(slot)

    with ThreadPoolExecutor(count, thread_name_prefix="slot") as pool:
        yield from as_ended(lambda task: pool.submit(in_slot, task), tasks, _WINDOW * count, stop)
