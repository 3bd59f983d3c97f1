"""One number that a function returned: is it the right one, or that of a known wrong formula?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import torch

from grader.evidence import Pair
from grader.judge.finding import Finding
from grader.judge.function import Function
from grader.judge.probes.formula import pair
from grader.judge.probes.measure import FORMULA, rel
from grader.judge.probes.shapes import type_text
from grader.record import Fact

APART = 1e-3
"""Wrong formulas are drawn to differ from the right one by this much, relative."""

COTANGENT = -1.75
"""Gradients are asked of this multiple of a number: so a backward by hand that forgets its argument shows."""

_NO_GRADIENT = re.compile(r"does not require grad|no grad|Can't call numpy", re.IGNORECASE)
_LARGEST = 1e30
_SAME = 1e-12


def equals(
    got: torch.Tensor,
    right: torch.Tensor,
    wrong: Sequence[tuple[str, torch.Tensor]],
    *,
    differs: str,
    name: str,
    facts: Mapping[str, Fact],
) -> None:
    """`got` equals `right` to 1e-5, relative, in either precision.

    Else the finding is the first code of `wrong` whose number fits and is clearly not the right one, or
    `differs`. The facts `expected` and `got` join those given.
    """
    tolerance = FORMULA[False]
    if rel(got, right) <= tolerance:
        return
    fits = (code for code, value in wrong if rel(got, value) <= tolerance and rel(value, right) > APART)
    said: dict[str, Fact] = {"name": name, "expected": float(right), "got": shown(got), **facts}
    shown_pair = Pair([float(right)], [shown(got)], 0, min(rel(got, right), _LARGEST))
    raise Finding(next(fits, differs), facts=said, evidence=[shown_pair], about=name)


def gradient(
    function: Function,
    inputs: Sequence[Any],
    cotangent: torch.Tensor,
    right: torch.Tensor,
    *,
    missing: str,
    wrong: str,
) -> None:
    """The gradient of the function reaches its first input, and equals `right` to 1e-5, relative.

    The tolerance is that of float32 throughout, since a cast inside rounds. Call it once the value is
    right. Findings: `missing` where none comes, `wrong` where another one does, else what the call raised.
    """
    facts: dict[str, Fact] = {"name": function.name}
    try:
        found = function.gradients(*inputs, cotangents=[cotangent])
    except Finding as finding:
        message = str(finding.facts.get("message", ""))
        if _NO_GRADIENT.search(message):
            told: dict[str, Fact] = {**facts, "message": message}
            raise Finding(missing, facts=told, about=function.name, where=finding.where) from finding
        raise
    got = found.inputs[0] if found.inputs else None
    if got is None or (right.any() and not got.any()):
        raise Finding(missing, facts=facts, about=function.name)
    difference = rel(got, right)
    if difference > FORMULA[False]:
        facts["difference"] = min(difference, _LARGEST)
        evidence = [pair(right, got)] if got.shape == right.shape else []
        raise Finding(wrong, facts=facts, evidence=evidence, about=function.name)


def apart(right: torch.Tensor, wrong: Sequence[tuple[str, torch.Tensor]], *, or_same: bool = False) -> bool:
    """Whether every wrong number that is one differs clearly from the right one.

    `or_same`: what is the right one on inputs of these sizes whatever is drawn may be so.
    """
    differences = [rel(value, right) for _, value in wrong if torch.isfinite(value).all()]
    return all(d > APART or (or_same and d <= _SAME) for d in differences)


def number(value: Any, name: str) -> torch.Tensor:
    """A scalar, the first of a tuple or list, as a float64 tensor of no dimensions.

    Raises `shape.wrong` or `reply.malformed`.
    """
    while isinstance(value, (tuple, list)) and value:
        value = value[0]
    if isinstance(value, (int, float)):
        return torch.tensor(float(value), dtype=torch.float64)
    if not isinstance(value, torch.Tensor):
        facts: dict[str, Fact] = {"name": name, "type": type_text(value), "detail": ""}
        raise Finding("reply.malformed", facts=facts, about=name)
    if value.numel() != 1:
        facts = {"name": name, "expected": "()", "got": str(tuple(value.shape))}
        raise Finding("shape.wrong", facts=facts, about=name)
    return value.detach().double().reshape(())


def shown(value: torch.Tensor) -> float | str:
    """A number for evidence and facts; a word where JSON cannot hold it."""
    plain = float(value)
    return plain if abs(plain) < float("inf") else str(plain)
