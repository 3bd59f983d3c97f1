"""A deadline for code that runs in our own process: the main thread is interrupted until it gives up."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator

_AGAIN = 0.5
"""Seconds after which code that has swallowed an interrupt is interrupted once more."""


class Overdue(BaseException):
    """The block took longer than it may. `seconds`: how long it was let run."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"stopped after {seconds:g} s")
        self.seconds = seconds


@contextlib.contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Ends the block by `Overdue` once it has run so long; outside the main thread nothing can end it.

    Whatever the block makes of the interrupt, a block that was overdue raises `Overdue` in its end. Code
    that never comes back to Python cannot be interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    over, late = threading.Event(), threading.Event()
    before = signal.getsignal(signal.SIGINT)
    begin = time.monotonic()

    def wait() -> None:
        left = seconds
        while not over.wait(left):
            late.set()
            _interrupt()
            left = _AGAIN

    signal.signal(signal.SIGINT, signal.default_int_handler)
    waiting = threading.Thread(target=wait, name="grader", daemon=True)
    waiting.start()
    try:
        yield
    except BaseException as error:
        if late.is_set():
            raise Overdue(round(time.monotonic() - begin, 1)) from error
        raise
    finally:
        _give_up(over, waiting)
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
    if late.is_set():
        raise Overdue(round(time.monotonic() - begin, 1))


def _give_up(over: threading.Event, waiting: threading.Thread) -> None:
    """Ends the waiting; an interrupt that is on its way already is taken here."""
    while True:
        try:
            over.set()
            waiting.join()
            time.sleep(0)
            return
        except KeyboardInterrupt:
            continue


def _interrupt() -> None:
    if sys.platform == "win32":
        import _thread

        _thread.interrupt_main()
    else:
        os.kill(os.getpid(), signal.SIGINT)  # this wakes a sleeping main thread, too
