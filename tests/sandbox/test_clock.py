"""The fair clock: what the machine gives to others does not count, an idle wait does."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox import processes
from grader.sandbox.clock import FairClock, Want

WANTS: st.SearchStrategy[Want | None] = st.sampled_from(("core", "disk", None))


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_work_that_has_its_core_counts_in_full() -> None:
    hand = Hand()
    clock = FairClock(5.0, hand)
    for second in range(1, 11):
        hand.now += 1
        clock.look(5.0 + second, wanting="core")
    assert clock.seconds() == 10


def test_a_tenth_of_a_core_counts_as_a_tenth_of_the_time() -> None:
    hand = Hand()
    clock = FairClock(0.0, hand)
    for second in range(1, 101):
        hand.now += 1
        clock.look(second / 10, wanting="core")
    assert round(clock.seconds(), 6) == 10
    assert round(clock.waited, 6) == 90


def test_sleep_counts_in_full() -> None:
    hand = Hand()
    clock = FairClock(0.0, hand)
    for _ in range(50):
        hand.now += 1
        clock.look(0.0, wanting=None)
    assert (clock.seconds(), clock.waited) == (50, 0)


def test_a_wait_for_the_disk_is_forgiven_as_far_as_work_goes_with_it() -> None:
    hand = Hand()
    works, idles = FairClock(0.0, hand), FairClock(0.0, hand)
    for second in range(1, 101):
        hand.now += 1
        works.look(second / 2, wanting="disk")
        idles.look(0.0, wanting="disk")
    assert works.seconds() == 50
    assert idles.seconds() == 98


@given(st.lists(st.tuples(st.floats(0.01, 5), st.floats(0, 20), WANTS), max_size=30))
def test_it_is_never_ahead_of_the_clock_nor_behind_the_sleep(
    steps: list[tuple[float, float, Want | None]],
) -> None:
    hand = Hand()
    clock = FairClock(0.0, hand)
    asleep, used = 0.0, 0.0
    for seconds, cpu, wanting in steps:
        hand.now += seconds
        used += cpu
        asleep += seconds if wanting is None else 0
        clock.look(used, wanting=wanting)
        assert asleep - 1e-6 <= clock.seconds() <= hand.now - 100 + 1e-6


def test_the_kernel_says_who_wants_a_core() -> None:
    own = processes.read(os.getpid())
    assert own is not None
    assert processes.wanting([own])  # it is asking just now
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(theirs)
        os.read(ours, 1)
        os._exit(0)
    try:
        os.close(ours)
        # Until it has come to its wait it runs.
        looks = (processes.read(child) for _ in range(100_000))
        assert any(not processes.wanting([one]) for one in looks if one is not None)
    finally:
        os.close(theirs)
        os.waitpid(child, 0)
