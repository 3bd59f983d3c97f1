"""Windows to read, and windows to learn from with a target each."""

from __future__ import annotations

import pytest
import torch

from grader.judge.probes.silence import silent_draws

STEPS, COLUMNS = 5, 4
READS = "test_net_reads_every_row_of_its_own_window"


@pytest.fixture
def student(student):
    """What each network reads, for those whose layers find their sizes when they are called."""
    return student.reading(Net=lambda columns, *_: [torch.zeros(1, 2, columns)])


@pytest.fixture
def x(draw):
    """Windows (B, T, D) = (3, 5, 4): sizes that all differ."""
    return draw.normal(3, STEPS, COLUMNS)


@pytest.fixture
def learner(student, passed, draw, x):
    """What is trained: the notebook's own `Net`, or a layer of ours where that one fails its own checks, or
    is cut off at 0 and may begin at weights from which no `train` can move it."""
    if passed(READS):
        net = student.Net(COLUMNS, 8, 1)
        if not silent_draws(net, draw, x):
            return net
    return student.Net.stand_in("Classifier", STEPS * COLUMNS, 1)


@pytest.fixture
def windows(draw):
    """X (20, 5, 4) in 0..1 and Y (20, 1), standardised, so that targets lie on both sides of any answer."""
    x = torch.from_numpy(draw("windows").random((20, STEPS, COLUMNS)))
    return x, draw.normal(20, 1, purpose="targets")
