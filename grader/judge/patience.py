"""A limit on a test's own work: what it is given may keep it busy for ever."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 60.0
"""CPU of the test itself; what it asks of the notebook is counted there."""


@contextmanager
def limited(over: Callable[[], None], seconds: float = SECONDS) -> Iterator[None]:
    """Calls `over`, which raises, once this process has computed for `seconds`, and each second after that.

    Where there is no such timer (Windows, another thread than the main one) nothing is limited.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        over()

    before = signal.signal(signal.SIGVTALRM, ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGVTALRM, before)
