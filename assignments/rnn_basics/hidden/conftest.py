"""What networks of `build_rnn` are handed first."""

from __future__ import annotations

import pytest
import torch


@pytest.fixture
def student(student):
    """Words of three letters, for networks whose layers find their sizes when they are called."""
    return student.reading(build_rnn=lambda letters, *_: [torch.zeros(2, 3, letters)])
