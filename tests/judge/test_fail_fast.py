"""Where it is enough to know that points are lost: nothing runs after the first check that loses some."""

from __future__ import annotations

from pathlib import Path

import msgspec

from grader.judge.outcome import Verdict
from grader.judge.run import OneGuest, run_when_asked
from grader.judge.task import Task
from grader.lesson import Lesson
from tests.fakes import InProcessGuest
from tests.forked import in_fork
from tests.judge.lessons import lesson

CHECKS = """
@pytest.fixture(scope="module")
def shared():
    yield 2
    print("left up")

@pytest.mark.points(0)
def test_worth_nothing(student, shared):
    assert student.f(1) == 5

@pytest.mark.points(1)
def test_passes(student, shared):
    assert student.f(1) == shared

@pytest.mark.points(1)
@pytest.mark.needs("test_worth_nothing")
def test_waits(student):
    pass

@pytest.mark.points(1)
def test_{first}(student, shared):
    {what}

@pytest.mark.points(1)
@pytest.mark.needs("test_{first}")
def test_child(student, shared):
    pass

@pytest.mark.points(1)
def test_last(student, shared):
    assert student.f(1) == shared
"""


def states(of: Lesson, *, fail_fast: bool) -> dict[str, str]:
    def work() -> bytes:
        guests = OneGuest(InProcessGuest("def f(x):\n    return x + 1"))
        task = Task(guests, b"key", fail_fast=fail_fast)
        return msgspec.json.encode(run_when_asked(of, lambda: task))

    verdict = msgspec.json.decode(in_fork(work), type=Verdict)
    assert verdict.trouble is None, verdict.trouble
    return {outcome.id: outcome.state for outcome in verdict.outcomes}


BEFORE = {"test_worth_nothing": "failed", "test_passes": "passed", "test_waits": "blocked"}


def test_the_first_check_that_fails_is_the_last(tmp_path: Path) -> None:
    of = lesson(tmp_path, CHECKS.format(first="fails", what="assert student.f(1) == 3"))
    assert states(of, fail_fast=True) == {**BEFORE, "test_fails": "failed"}
    whole = {**BEFORE, "test_fails": "failed", "test_child": "blocked", "test_last": "passed"}
    assert states(of, fail_fast=False) == whole


def test_so_is_one_that_breaks(tmp_path: Path) -> None:
    of = lesson(tmp_path, CHECKS.format(first="breaks", what="raise KeyError(1)"))
    assert states(of, fail_fast=True) == {**BEFORE, "test_breaks": "crashed"}


def test_where_nothing_fails_all_run(tmp_path: Path) -> None:
    of = lesson(tmp_path, CHECKS.format(first="passes_too", what="pass"))
    rest = {"test_passes_too": "passed", "test_child": "passed", "test_last": "passed"}
    assert states(of, fail_fast=True) == {**BEFORE, **rest}
