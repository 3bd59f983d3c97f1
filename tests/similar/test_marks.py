"""Fingerprints: what is shared is found, and what only looks alike is not."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.similar.marks import WINDOW, K, grams, winnowed
from grader.similar.tokens import stream

HASHES = st.lists(st.integers(0, 50), max_size=60)


def hashes(source: str) -> list[int]:
    return grams(stream([source]).tokens)


@given(HASHES, HASHES, st.lists(st.integers(0, 50), min_size=WINDOW, max_size=20))
def test_a_run_as_long_as_a_window_leaves_a_fingerprint_in_both(
    before: list[int], after: list[int], shared: list[int]
) -> None:
    one, other = before + shared, shared + after
    kept = [{of[at] for at in winnowed(of)} for of in (one, other)]
    assert kept[0] & kept[1]


@given(HASHES)
def test_every_window_has_a_fingerprint_and_few_are_kept_of_repeats(all_: list[int]) -> None:
    kept = winnowed(all_)
    assert kept == sorted(set(kept))
    for first in range(max(len(all_) - WINDOW + 1, 0)):
        window = range(first, first + WINDOW)
        least = min(all_[at] for at in window)
        assert any(at in kept and all_[at] == least for at in window)
    assert len(winnowed([7] * 400)) <= 400 // WINDOW + 1


def test_names_are_numbered_where_they_first_stand() -> None:
    assert hashes("a = a * b + c * a - b * c / a") == hashes("x = x * y + z * x - y * z / x") != []
    assert hashes("a = a * b + c * a - b * c / a") != hashes("x = y * x + z * x - y * z / x")


@settings(deadline=None)
@given(st.integers(0, K - 1))
def test_less_than_a_gram_has_none(count: int) -> None:
    assert hashes(" + ".join(["x"] * 20)[: max(4 * count // 2 * 2 - 1, 0)])[:0] == []
    assert grams(stream(["x + " * 20]).tokens[:count]) == []
