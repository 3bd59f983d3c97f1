"""Windows to read, and windows to learn from with a target each."""

from __future__ import annotations

import pytest
import torch

COLUMNS = 4


@pytest.fixture
def x(draw):
    """Windows (B, T, D) = (3, 5, 4): sizes that all differ."""
    return draw.normal(3, 5, COLUMNS)


@pytest.fixture
def windows(draw):
    """X (20, 5, 4) in 0..1 and Y (20, 1), standardised, so that targets lie on both sides of any answer."""
    x = torch.from_numpy(draw("windows").random((20, 5, COLUMNS)))
    return x, draw.normal(20, 1, purpose="targets")
