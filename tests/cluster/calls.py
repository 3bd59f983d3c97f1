"""What workers of these tests are called with: bytes in, bytes out, nothing of the grader."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path


def told(argument: bytes) -> bytes:
    """Which process answers, and to what."""
    return f"{os.getpid()} {argument.decode()}".encode()


def killing(argument: bytes) -> bytes:
    """Takes the worker along."""
    os.kill(os.getpid(), signal.SIGKILL)
    return argument


def held(argument: bytes) -> bytes:
    """Writes its process into the pipe named by `argument`; waits for a byte of the pipe `go` beside it."""
    pipe = Path(os.fsdecode(argument))
    with pipe.open("w") as out:
        out.write(f"{os.getpid()}\n")
    with (pipe.parent / "go").open("rb", buffering=0) as go:
        go.read(1)
    return told(argument)


def raising(argument: bytes) -> bytes:
    raise RuntimeError(argument.decode())


def no_bytes(argument: bytes) -> object:
    return threading.current_thread().name
