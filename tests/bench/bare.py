"""`python -m tests.bench.bare LESSON STEPS COUNT JOBS`: the cells alone, each notebook in a fork of a process
that has imported torch and made an optimiser. Prints seconds of wall clock and of CPU, boot left out.

With `probes` in place of JOBS: one notebook's check bodies in this process; prints seconds of CPU."""

from __future__ import annotations

import contextlib
import io
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
import torch._dynamo

from grader.judge.run import OneGuest, run_checks
from grader.lesson import Lesson
from grader.secret import derive
from grader.wire.memory import settle
from tests.bench.notebooks import sources
from tests.fakes import InProcessGuest


def main() -> None:
    lesson, steps, count = Lesson.open(Path(sys.argv[1]).resolve()), int(sys.argv[2]), int(sys.argv[3])
    if lesson.data is not None:
        os.chdir(lesson.data.parent)  # notebooks look for ./data
    torch.set_num_threads(1)
    if sys.argv[4] == "probes":
        print(probes(lesson, steps))
        return
    import IPython.display  # noqa: F401  - references show figures with it
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    plt.show = _drawn
    plt.figure().add_subplot().plot([0, 1])
    _drawn()  # the first takes longest
    settle()
    begin, before = time.monotonic(), _cpu()
    running: set[int] = set()
    for number in range(count):
        if len(running) == int(sys.argv[4]):
            running.discard(os.wait()[0])
        child = os.fork()
        if child == 0:
            os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[number % os.cpu_count()]})  # type: ignore[operator]
            _play(sources(lesson, number, steps))
        running.add(child)
    while running:
        running.discard(os.wait()[0])
    print(time.monotonic() - begin, _cpu() - before)


def probes(lesson: Lesson, steps: int) -> float:
    """CPU seconds of one submission's check bodies: drawing, asking, answering, comparing, without walls.

    The second of two runs counts, so that nothing is used for the first time in it.
    """
    body, spent = pytest.Function.runtest, 0.0

    def timed(item: pytest.Function) -> None:
        nonlocal spent
        begin = time.process_time()
        try:
            body(item)
        finally:
            spent += time.process_time() - begin

    pytest.Function.runtest = timed  # type: ignore[method-assign]
    with contextlib.redirect_stdout(io.StringIO()):
        guest = InProcessGuest(*sources(lesson, 0, steps))
        for _ in range(2):
            spent = 0.0
            key = derive(b"bench secret of no course", lesson.name, "0" * 64)
            verdict = run_checks(lesson, OneGuest(guest), key)
            assert all(outcome.state == "passed" for outcome in verdict.outcomes), verdict
    return spent


def _drawn(*_: Any, **__: Any) -> None:
    """In place of `plt.show`: draws the figures, as under any notebook's cell, and shows them nobody."""
    from IPython.core.pylabtools import print_figure
    from matplotlib import pyplot as plt

    for number in plt.get_fignums():
        print_figure(plt.figure(number))
    plt.close("all")


def _play(cells: list[str]) -> None:
    status = 1
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            names: dict[str, Any] = {"__name__": "__main__"}
            for source in cells:
                exec(compile(source, "cell", "exec"), names)  # noqa: S102
        status = 0
    finally:
        os._exit(status)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


if __name__ == "__main__":
    main()
