"""Random weights for a student's model: of a size at which every layer says something and none shouts."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import torch

from grader.judge.finding import Finding
from grader.wire.replies import Entry

_MOST = 5_000_000


def weights_for(
    entries: Iterable[Entry], generator: np.random.Generator, model: str
) -> dict[str, torch.Tensor]:
    """Weights by name, in float64, drawn in a fixed order of names.

    Two or more dimensions: normal with variance 1 / fan_in; embeddings: normal with the padding row 0; 1-D
    weights of norm layers: 1 + 0.1 normal; everything else 1-D: 0.3 normal. No buffers. Raises
    `reply.malformed` where a parameter is empty, too large, or holds no real numbers.
    """
    weights = {}
    for entry in sorted(entries, key=lambda e: e.name):
        if entry.buffer:
            continue
        if not 0 < math.prod(entry.shape) <= _MOST or not entry.dtype.startswith("float"):
            raise Finding("reply.malformed", facts={"name": model, "detail": f"parameter {entry.name}"})
        weights[entry.name] = _scaled(torch.from_numpy(generator.standard_normal(entry.shape)), entry)
    return weights


def _scaled(normal: torch.Tensor, entry: Entry) -> torch.Tensor:
    if entry.owner == "Embedding":
        if entry.padding_index is not None and 0 <= entry.padding_index < entry.shape[0]:
            normal[entry.padding_index] = 0
        return normal
    if len(entry.shape) >= 2:
        return normal / math.sqrt(math.prod(entry.shape[1:]))
    norm = entry.name.endswith("weight") and "Norm" in entry.owner
    return 1 + 0.1 * normal if norm else 0.3 * normal
