"""Windows to read, as one-hot rows, and windows to learn from."""

from __future__ import annotations

import pytest
import torch

LETTERS = 7
WINDOWS, STEPS = 3, 5
MANY, LENGTH = 40, 6
READS = "test_net_reads_each_window_by_itself"


@pytest.fixture
def student(student):
    """What each network reads, for those whose layers find their sizes when they are called."""
    return student.reading(Net=lambda letters, *_: [torch.zeros(1, 2, letters)])


@pytest.fixture
def x(draw):
    """x (B, T, V) = (3, 5, 7) one-hot: sizes that all differ."""
    return torch.eye(LETTERS, dtype=torch.float64)[draw.integers(0, LETTERS, WINDOWS, STEPS)]


@pytest.fixture
def other_letter():
    """Another letter in place of a one-hot row; which one is up to the noise."""

    def substitute(step, noise):
        return step.roll(1 + int(noise.argmax()) % (LETTERS - 1))

    return substitute


@pytest.fixture
def learner(student, passed):
    """What is trained: the notebook's own `Net`, or a layer of ours where that one fails its own checks."""
    if passed(READS):
        return student.Net(LETTERS, 8, 2)
    return student.Net.stand_in("Linear", LETTERS, LETTERS, knows={"input_dim": LETTERS})


@pytest.fixture
def windows(draw):
    """X and Y (40, 6) numbers, more than most batches hold, as `make_windows` gives them for a text in which
    no letter follows itself, no window occurs twice, and no letter of the alphabet is missing."""
    while True:
        steps = 1 + draw.integers(0, LETTERS - 1, MANY + LENGTH, purpose="text")
        numbers = torch.cumsum(steps, 0) % LETTERS
        cut = numbers.unfold(0, LENGTH, 1)
        known = len({tuple(row) for row in cut.tolist()}) == len(cut)
        if known and len(set(cut[:-1].flatten().tolist())) == LETTERS:
            return cut[:-1].clone(), cut[1:].clone()
