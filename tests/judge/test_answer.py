"""Answers: what a reply says of a call is used only as far as it can be true."""

from __future__ import annotations

import pytest

from grader.judge.answer import Answer
from grader.judge.finding import Finding


def test_an_argument_that_was_changed_is_named() -> None:
    Answer("f", 1.0, None, []).untouched(("x", "h"))
    with pytest.raises(Finding) as found:
        Answer("f", 1.0, None, [1]).untouched(("x", "h"))
    assert (found.value.code, found.value.facts["argument"]) == ("input.mutated", "h")


@pytest.mark.parametrize("claimed", [[2], [-1], [-99, 99], [0, 2], [2**62]])
def test_nothing_is_changed_that_was_not_given(claimed: list[int]) -> None:
    with pytest.raises(Finding) as found:
        Answer("f", 1.0, None, claimed).untouched(("x", "h"))
    assert found.value.code == "reply.malformed"
