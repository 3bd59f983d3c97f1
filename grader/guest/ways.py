"""Whether a live notebook may be forked."""

from __future__ import annotations

import os
import sys
import threading

from grader.guest import cuda
from grader.wire.live import Why


def reason_against() -> Why:
    """Why this process is not to be forked; empty where it may be."""
    if sys.platform != "linux" or not hasattr(os, "fork"):
        return "system"
    if threading.current_thread() is not threading.main_thread():
        return "place"
    if cuda.in_use():
        return "cuda"
    return "threads" if any(_of_notebook(thread) for thread in threading.enumerate()) else ""


def _of_notebook(thread: threading.Thread) -> bool:
    """Whether a cell started this thread: the front end's own do no harm."""
    function = getattr(thread, "_target", None) or getattr(thread, "function", None)
    modules = (getattr(function, "__module__", ""), type(thread).__module__)
    return thread is not threading.main_thread() and "__main__" in modules
