"""What a fingerprint says, and which pairs are near."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.similar.rarity import LEAST_SHARE, LEAST_SHARED, SMALL_CLASS, nearest, weight, weights

CLASS = st.lists(st.sets(st.integers(0, 30), max_size=25), max_size=12)


def test_what_two_share_counts_wholly_and_what_half_of_the_class_has_counts_nothing() -> None:
    assert weight(1, 100) == weight(2, 100) == 1.0
    assert weight(50, 100) == weight(100, 100) == 0.0
    assert weight(26, 100) == pytest.approx(0.5)
    assert [weight(n, 100) for n in range(2, 51)] == sorted(
        (weight(n, 100) for n in range(2, 51)), reverse=True
    )


def test_in_a_small_class_what_all_share_still_counts() -> None:
    assert weight(3, 3) == weight(3, SMALL_CLASS) > 0.8


@settings(deadline=None)
@given(CLASS, st.integers(1, 5))
def test_the_nearest_pairs_are_those_that_comparing_all_with_all_finds(
    class_: list[set[int]], most: int
) -> None:
    weight_of = weights(class_)
    own = [sum(weight_of[mark] for mark in of) for of in class_]
    expected = []
    for left in range(len(class_)):
        for right in range(left + 1, len(class_)):
            shared = sum(weight_of[mark] for mark in class_[left] & class_[right])
            share = shared / max(min(own[left], own[right]), 1e-9)
            if share >= LEAST_SHARE and shared >= LEAST_SHARED:
                expected.append(share)
    found = nearest(class_, weight_of, most)
    assert [one.share for one in found] == pytest.approx(sorted(expected, reverse=True)[:most])
    assert all(one.left < one.right for one in found)


def test_the_same_class_gives_the_same_pairs() -> None:
    class_ = [set(range(at, at + 20)) for at in range(0, 60, 5)]
    assert nearest(class_, weights(class_), 7) == nearest(class_, weights(class_), 7) != []
