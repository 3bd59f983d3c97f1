"""Runs a function in a fork and brings its bytes back: for what may run only once per process."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable


def in_fork(work: Callable[[], bytes]) -> bytes:
    """What `work` returns. Raises AssertionError with the traceback where it raised in the fork."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            reply = b"+" + work()
        except BaseException:
            reply = b"-" + traceback.format_exc().encode()
        with os.fdopen(write, "wb") as pipe:
            pipe.write(reply)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    if not told.startswith(b"+"):
        raise AssertionError(told[1:].decode())
    return told[1:]
