"""The losses that the notebook kept in a list of its own: for the report's picture, never judged by."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

import torch

from grader.wire.cells import Losses

_FEWEST, _MOST, _LONGEST = 5, 200, 1_000_000


def losses_in(names: Mapping[str, Any]) -> Losses | None:
    """The longest list of numbers with `loss` in its name, thinned to 200; None where there is none.

    Only plain numbers and tensors of one number are read, so that no code of the notebook's runs.
    """
    best: tuple[str, list[Any]] = ("", [])
    for name, value in names.items():
        if type(name) is str and "loss" in name.lower() and type(value) is list and len(value) > len(best[1]):
            best = name, value
    name, values = best
    if not _FEWEST <= len(values) <= _LONGEST:
        return None
    chosen = (
        values
        if len(values) <= _MOST
        else [values[at * (len(values) - 1) // (_MOST - 1)] for at in range(_MOST)]
    )
    numbers = [_number(value) for value in chosen]
    plain = [float(f"{number:.4g}") for number in numbers if number is not None and isfinite(number)]
    return Losses(name[:60], plain, len(values)) if len(plain) == len(chosen) else None


def _number(value: Any) -> float | None:
    if type(value) is torch.Tensor and value.numel() == 1 and not value.is_complex():
        value = value.detach().item()
    return float(value) if type(value) in (float, int) else None
