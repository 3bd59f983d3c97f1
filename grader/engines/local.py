"""The local engine: threads, each holding a slot of its own."""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from grader.sandbox.limits import Limits

Task = TypeVar("Task")
Result = TypeVar("Result")

_WINDOW = 2
_HEARING = 0.5
"""Seconds after which a waiting main thread looks for signals: the kernel may have given them to another
thread, and a thread that waits for a lock is then not woken."""


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

    What `work` raises is raised here; tasks already begun end first. On Ctrl-C, or where the iterator is
    closed early, nothing more is handed out and `stop` is called, which should make what runs come to its
    end soon; that is then waited for.
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

    coming = iter(tasks)
    held: dict[Future[Result], Task] = {}
    with ThreadPoolExecutor(count, thread_name_prefix="slot") as pool:
        try:
            while True:
                while len(held) < _WINDOW * count:
                    try:
                        task = next(coming)
                    except StopIteration:
                        break
                    held[pool.submit(in_slot, task)] = task
                if not held:
                    return
                done, _ = wait(held, timeout=_HEARING, return_when=FIRST_COMPLETED)
                for future in done:
                    yield held.pop(future), future.result()
        except (KeyboardInterrupt, GeneratorExit):
            # Ctrl-C may also come while the caller is at work with what was yielded.
            stop()
            raise
        finally:
            for future in held:
                future.cancel()
