"""Arguments with defaults, handed over by position, or by name where a function takes them so only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.judge.function import Function


def refuses_position(function: Function, args: Sequence[Any]) -> bool:
    """Whether Python says that these are too many arguments by position."""
    (answer,) = function.run([args])
    return answer.error is not None and "positional argument" in answer.error.message


def asked(
    function: Function, required: Sequence[Any], options: Mapping[str, Any], *, by_name: bool
) -> tuple[Function, list[Any]]:
    """The function and the arguments with which one call hands over `options`."""
    if by_name:
        return replace(function, named=dict(options)), list(required)
    return function, [*required, *options.values()]
