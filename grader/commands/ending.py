"""How a run ends before its end: Ctrl-C, a polite kill, a terminal that is closed, a reader that has gone.

The first signal comes up in the main thread as `Interrupted`, so that what is done is kept and every process
is ended in order. A later one (a second Ctrl-C) kills those processes at once and raises nothing: what is
being written is still written whole, and no traceback can come of it. Within a moment of the first it is the
same wish, and nothing is killed before its work is known to be over.

The exit status is then 128 plus the number of the signal, 130 for Ctrl-C, as shells expect of any program.
The statuses 0, 1 and 2 of the interface speak of what was graded, and a script has to be able to tell "all
graded, some need a person" from "stopped half-way".
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType

_MOMENT = 1.0
_SIGNALS = tuple(  # not every system has them all
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__
)
_SIGPIPE = 13


class Interrupted(KeyboardInterrupt):
    """A signal asked this process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """Raises `Interrupted` in the block at the first signal. To be entered once, in the main thread.

    The handlers stay when the block is left: from then on a signal ends the children and nothing else,
    because an exception while the interpreter shuts down would end in a traceback.
    """
    over = False
    first = 0.0

    def handler(number: int, frame: FrameType | None) -> None:
        nonlocal over, first
        if over:
            if time.monotonic() - first > _MOMENT:
                _kill_children()
            return
        over, first = True, time.monotonic()
        raise Interrupted(number)

    for number in _SIGNALS:
        # What was started to outlive its terminal (nohup) is not to end with it.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)
    try:
        yield
    finally:
        over = True


def status_of(error: KeyboardInterrupt | BrokenPipeError) -> int:
    """The exit status of a run that was ended by `error`."""
    if isinstance(error, BrokenPipeError):
        return 128 + _SIGPIPE
    return 128 + (error.number if isinstance(error, Interrupted) else signal.SIGINT)


def say_no_more() -> None:
    """Sends standard output nowhere: its reader has gone, and the interpreter flushes it as it ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _kill_children() -> None:
    if not hasattr(os, "fork"):
        return  # what was started there ends with its pipes
    from grader.sandbox import processes

    for pid in processes.tree(os.getpid())[1:]:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
