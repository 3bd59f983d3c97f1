"""The meter: what is dear to measure is measured now and then, and whenever it has to be known."""

from __future__ import annotations

import math
import os
from dataclasses import replace

from grader.sandbox.limits import Limits
from grader.sandbox.meter import Meter


def meter(memory: int) -> Meter:
    """A meter of this very process, without a room's file system or group."""
    limits = replace(Limits(), memory=memory, processes=1 << 20)  # the runner of the tests has children
    return Meter(os.getpid(), limits, shared=0, place=-1, folder=None, group=None)


def test_memory_above_the_limit_is_seen_at_once_where_it_has_to_be_known() -> None:
    small = meter(1 << 20)
    small._next_proportional = math.inf  # a measurement has just been made, and was dear
    small.measure()
    assert small.exceeded() is None
    small.measure(surely=True)
    assert small.exceeded() == "memory"


def test_memory_below_the_limit_is_no_excess_however_surely_one_looks() -> None:
    large = meter(1 << 40)
    large.measure(surely=True)
    assert large.exceeded() is None
    assert large.usage().peak_memory > 0
