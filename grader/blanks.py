"""What stands in a starter where a student is to write."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

BLANK = ("# YOUR CODE HERE", "raise NotImplementedError()")
TEXT_BLANK = ("YOUR ANSWER HERE",)
_MARKS = (BLANK[0], "raise NotImplementedError")


def before_blanks(sources: Sequence[str]) -> list[str]:
    """Of a starter's code cells those before the first that holds a blank: nobody has to change them."""
    return list(takewhile(lambda source: not any(mark in source for mark in _MARKS), sources))
