"""What a call of a loss that raised was about: arguments in the other order, the class axis, or the rest."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import torch

from grader.judge.answer import Answer
from grader.judge.finding import Finding
from grader.judge.function import Function
from grader.judge.probes.measure import FORMULA, rel
from grader.judge.probes.scalar import number
from grader.judge.probes.shapes import explained
from grader.record import Fact

_SAYS = (
    (re.compile(r"log_?softmax\w*\" not implemented for '(Long|Int)'"), "loss.arguments_swapped"),
    (re.compile(r"Expected target size"), "loss.wrong_pairs"),
)
"""What torch's own losses say of integers for scores, and of a class axis that is not the second."""


def named_failure(answer: Answer, function: Function, inputs: Sequence[Any], right: torch.Tensor) -> Finding:
    """The finding of a call `function(scores, targets, ...)` that raised.

    loss.arguments_swapped where torch met whole numbers as scores, or the function gives the right value
    when called with the first two arguments swapped; loss.wrong_pairs where torch met the class axis at
    another place; else as `shapes.explained`.
    """
    message = answer.error.message if answer.error is not None else ""
    code = next((code for pattern, code in _SAYS if pattern.search(message)), None)
    found = explained(answer, function, inputs)
    if code is None and found.code == "notebook.not_attempted":
        return found
    if code is None and takes_them_swapped(function, inputs, right):
        code = "loss.arguments_swapped"
    if code is None:
        return found
    facts: dict[str, Fact] = {"name": function.name, "message": message}
    return Finding(code, facts=facts, about=function.name, where=found.where)


def takes_them_swapped(function: Function, inputs: Sequence[Any], right: torch.Tensor) -> bool:
    """Whether the function gives the right value for (targets, scores)."""
    scores, targets, *rest = inputs
    try:
        (swapped,) = function.run([[targets, scores, *rest]])
        return rel(number(swapped.get(), function.name), right) <= FORMULA[False]
    except Finding:
        return False
