"""Processes held by descriptors: an id may come to be another's, a pidfd never does."""

from __future__ import annotations

import os
import select
import signal
import socket
from collections.abc import Callable


def readable(source: socket.socket | int, seconds: float) -> bool:
    """Whether something can be read, waited for so long; of a pidfd: whether its process has ended."""
    poll = select.poll()
    poll.register(source, select.POLLIN)
    return bool(poll.poll(int(seconds * 1000)))


def kill(pid: int, belongs: Callable[[int], bool]) -> bool:
    """Whether `pid` was alive, no zombie, still ours, and has been sent its end.

    belongs: asked once the process is held; between a look at /proc and then the id may have changed hands
    """
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if readable(handle, 0) or not belongs(pid):
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except ProcessLookupError:
        return False
    finally:
        os.close(handle)
    return True
