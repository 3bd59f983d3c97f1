"""Passages: the longest runs first, each token once, whatever repeats itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.similar.marks import K
from grader.similar.passages import Run, passages, runs
from tests.similar.code import code

GRAMS = st.lists(st.one_of(st.none(), st.integers(0, 6)), max_size=40)


@given(GRAMS, GRAMS)
def test_no_token_is_in_two_runs_and_what_is_in_one_is_alike(
    left: list[int | None], right: list[int | None]
) -> None:
    taken: tuple[set[int], set[int]] = set(), set()
    for run in runs(left, right):
        assert run.length >= K
        for side, start in ((0, run.left), (1, run.right)):
            places = set(range(start, start + run.length))
            assert not places & taken[side]
            taken[side].update(places)
        for step in range(run.length - K + 1):
            assert left[run.left + step] == right[run.right + step] is not None


def test_functions_in_another_order_are_found_both() -> None:
    one = "def f(x, y):\n    return torch.cat([x, y], dim=1).sum()\n"
    other = "def g(a):\n    for b in range(a):\n        print(a - b * 2)\n    return [a]\n"
    found = runs(code(one + other).grams, code(other + one).grams)
    assert len(found) == 2
    assert found[0].left < found[1].left
    assert found[0].right > found[1].right


def test_a_line_put_in_does_not_make_two_passages() -> None:
    near, far = Run(0, 0, 20), Run(25, 22, 20)
    assert passages([near, far]) == [[near, far]]
    assert passages([near, Run(60, 22, 20)]) == [[near], [Run(60, 22, 20)]]
    assert passages([Run(0, 50, 20), Run(21, 0, 20)]) == [[Run(0, 50, 20)], [Run(21, 0, 20)]]


def test_code_that_repeats_itself_is_still_found() -> None:
    repeated = code("x = x + 1\n" * 2_000)
    assert sum(run.length for run in runs(repeated.grams, repeated.grams)) >= len(repeated.tokens) - 2 * K
