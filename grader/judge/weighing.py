"""Random weights for a student's model: of a size at which every layer says something and none shouts."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import torch

from grader.judge.finding import Finding
from grader.wire.replies import Entry
from grader.wire.values import MAX_DIMS

_MOST, _MOST_TOGETHER = 5_000_000, 8_000_000
"""Numbers in one parameter, and in all: in float64 a message holds 8.4 million, inputs included."""


def weights_for(
    entries: Iterable[Entry], generator: np.random.Generator, model: str
) -> dict[str, torch.Tensor]:
    """Weights by name, in float64, drawn in a fixed order of names.

    Two or more dimensions: normal with variance 1 / fan_in; embeddings: normal with the padding row 0; 1-D
    weights of norm layers: 1 + 0.1 normal; everything else 1-D: 0.3 normal. No buffers. Raises
    `reply.malformed` where a parameter is empty, has more than 5 million numbers or more than 8 dimensions,
    or holds no real numbers, and where all together have more than 8 million numbers.
    """
    weights, left = {}, _MOST_TOGETHER
    for entry in sorted(entries, key=lambda e: e.name):
        if entry.buffer:
            continue
        if unfit := _unfit(entry):
            detail = f"parameter {entry.name} {unfit}"
            raise Finding("reply.malformed", facts={"name": model, "detail": detail}, about=model)
        left -= math.prod(entry.shape)
        if left < 0:
            detail = f"the parameters hold more than {_MOST_TOGETHER} numbers together"
            raise Finding("reply.malformed", facts={"name": model, "detail": detail}, about=model)
        weights[entry.name] = _scaled(torch.from_numpy(generator.standard_normal(entry.shape)), entry)
    return weights


def _unfit(entry: Entry) -> str:
    """Why such a parameter cannot be given weights of ours; empty where it can."""
    if len(entry.shape) > MAX_DIMS:
        return f"has {len(entry.shape)} dimensions, more than {MAX_DIMS}"
    if any(size < 1 for size in entry.shape):
        return "is empty"
    if math.prod(entry.shape) > _MOST:
        return f"holds more than {_MOST} numbers"
    return "" if entry.dtype.startswith("float") else f"is of dtype {entry.dtype[:20]}"


def _scaled(normal: torch.Tensor, entry: Entry) -> torch.Tensor:
    if entry.owner == "Embedding" and entry.shape:
        if entry.padding_index is not None and 0 <= entry.padding_index < entry.shape[0]:
            normal[entry.padding_index] = 0
        return normal
    if len(entry.shape) >= 2:
        return normal / math.sqrt(math.prod(entry.shape[1:]))
    norm = entry.name.endswith("weight") and "Norm" in entry.owner
    return 1 + 0.1 * normal if norm else 0.3 * normal
