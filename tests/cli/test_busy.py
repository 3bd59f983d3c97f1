"""A busy machine fails nobody: with others on its core a class gets the same records, but for times."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.grade import Course, grade
from grader.lesson import Lesson
from grader.record import Record, encode
from grader.report.words import Words
from grader.sandbox import choose
from grader.submission import Submission
from grader.workshop import Workshop
from tests.cli.making import lesson, notebook, once, records, timeless

LIMITS = """
cell_cpu = 0.8
cells_wall = 1.5
request_cpu = 0.8
request_wall = 1.0
"""
CHECKS = """
@pytest.mark.points(2)
def test_adds_one(student):
    assert student.f(1) == 2
"""
WORK = """
import time
def work(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
"""
F = "def f(x):\n    return x + 1"
CLASS = {
    # Close to the limits of CPU, and with others on the core beyond those of the clock.
    "close": (f"{WORK}work(0.6)\n{F}",),
    "slow_calls": (f"{WORK}def f(x):\n    work(0.45)\n    return x + 1",),
    # On the wrong side of each.
    "endless": (F, "while True:\n    pass"),
    "asleep": (F, "import time\ntime.sleep(1000)"),
    "asleep_in_calls": ("import time\ndef f(x):\n    time.sleep(1000)",),
}
RIGHT = {"close", "slow_calls", "endless", "asleep"}
LIMIT = {"endless": "cell_cpu", "asleep": "cells_wall"}
KEY = b"a key of this test alone, 32 b.."
_BUSY = 6
_LONGEST = 200
_SPIN = """
import os, sys, time
os.sched_setaffinity(0, {int(sys.argv[1])})
end = time.monotonic() + int(sys.argv[2])
while time.monotonic() < end:
    pass
"""


@contextmanager
def others(core: int) -> Iterator[None]:
    """Processes that want `core` all the time; they end with the block."""
    command = [sys.executable, "-S", "-c", _SPIN, str(core), str(_LONGEST)]
    # Each in a session of its own: the kernel may share a core out among sessions, not processes.
    children = [subprocess.Popen(command, start_new_session=True) for _ in range(_BUSY)]
    try:
        yield
        assert all(child.poll() is None for child in children)  # they were there to the end
    finally:
        for child in children:
            child.kill()
            child.wait()


def grade_twice(root: Path) -> None:
    """The class graded by itself and beside others, in the same warm processes: only that differs."""
    tiny = Lesson.open(lesson(root, checks=CHECKS, limits=LIMITS, reference=notebook(F)))
    words = Words.load(tiny.words)
    with Workshop.open(choose(None), [tiny], slots=1, pages=False) as workshop:
        listed = tuple(workshop.listed(tiny, hidden=True))
        course = Course(tiny, workshop, "0" * 8, words, "en", listed)

        def grade_class(into: str) -> None:
            (root / into).mkdir()
            for name, cells in CLASS.items():
                handed_in = Submission("tiny", name, name, f"{name}.ipynb", notebook(*cells))
                (root / into / f"{name}.json").write_bytes(encode(grade(handed_in, KEY, course, 0)))

        grade_class("quiet")
        # The first slot is on the first core; the grader's own processes go where they like.
        with others(min(os.sched_getaffinity(0))):
            grade_class("busy")


@pytest.fixture(scope="module")
def graded(base: Path) -> dict[str, dict[str, Record]]:
    """The records of both gradings, by the name of its folder and by student."""
    root = once(base, "busy", grade_twice)
    return {name: records(root / name) for name in ("quiet", "busy")}


@pytest.mark.parametrize("name", CLASS)
def test_the_record_is_the_same_but_for_times(graded: dict[str, dict[str, Record]], name: str) -> None:
    assert timeless(graded["busy"][name]) == timeless(graded["quiet"][name])


@pytest.mark.parametrize("name", CLASS)
def test_work_within_its_limits_of_cpu_gets_its_points(
    graded: dict[str, dict[str, Record]], name: str
) -> None:
    assert graded["busy"][name].score == (2.0 if name in RIGHT else 0.0)


@pytest.mark.parametrize("name", LIMIT)
def test_each_is_stopped_by_the_limit_that_it_broke(graded: dict[str, dict[str, Record]], name: str) -> None:
    for records_ in graded.values():
        finding = records_[name].run.finding
        assert finding is not None
        assert finding.facts["limit"] == LIMIT[name]


def test_the_record_gives_both_kinds_of_time(graded: dict[str, dict[str, Record]]) -> None:
    for records_ in graded.values():
        cells, calls, asleep = (records_[name] for name in ("close", "slow_calls", "asleep"))
        assert cells.run.cpu_seconds is not None
        assert 0.5 <= cells.run.cpu_seconds <= cells.run.seconds + 0.1
        assert (calls.checks[0].cpu_seconds or 0.0) >= 0.4
        assert (asleep.run.cpu_seconds or 0.0) < 1.0 < asleep.run.seconds
