"""Many tasks through any executor: few in hand at a time, each result as it comes, an orderly end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_HEARING = 0.5
"""Seconds after which a waiting main thread looks for signals: the kernel may have given them to another
thread, and a thread that waits for a lock is then not woken."""


def as_ended(
    submit: Callable[[Task], Future[Result]],
    tasks: Iterable[Task],
    window: int | Callable[[], int],
    stop: Callable[[], None] = lambda: None,
) -> Iterator[tuple[Task, Result]]:
    """(task, result) as each is done; at most `window` tasks are in hand, and the next is not even asked for.
    A window that changes meanwhile is asked each time.

    What a future raises is raised here; the others in hand are cancelled, as far as they have not begun. On
    Ctrl-C, or where the iterator is closed early, nothing more is handed out and `stop` is called, which
    should make what runs come to its end soon. What was done before that still comes.
    """
    coming = iter(tasks)
    held: dict[Future[Result], Task] = {}
    try:
        while True:
            while len(held) < (window() if callable(window) else window):
                try:
                    task = next(coming)
                except StopIteration:
                    break
                held[submit(task)] = task
            if not held:
                return
            done, _ = wait(held, timeout=_HEARING, return_when=FIRST_COMPLETED)
            for future in done:
                yield held.pop(future), future.result()
    except KeyboardInterrupt:
        ended = [future for future in held if future.done()]  # what ends from here on was cut off
        stop()
        for future in ended:
            if future.exception() is None:
                yield held.pop(future), future.result()
        raise
    except GeneratorExit:
        # Ctrl-C may also come while the caller is at work with what was yielded.
        stop()
        raise
    finally:
        for future in held:
            future.cancel()
