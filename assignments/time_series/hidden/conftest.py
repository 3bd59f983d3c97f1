"""Windows to read, and windows to learn from with a target each."""

from __future__ import annotations

import pytest
import torch

COLUMNS = 3


@pytest.fixture
def x(draw):
    """Windows (B, T, D) = (4, 6, 3): sizes that all differ."""
    return draw.normal(4, 6, COLUMNS)


@pytest.fixture
def windows(draw):
    """X (24, 6, 3) in 0..1 and Y (24, 1), standardised, so that targets lie on both sides of any answer."""
    x = torch.from_numpy(draw("windows").random((24, 6, COLUMNS)))
    return x, draw.normal(24, 1, purpose="targets")
