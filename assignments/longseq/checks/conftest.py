"""Windows to read, as one-hot rows, and windows to learn from."""

from __future__ import annotations

import pytest
import torch

from grader.judge.probes.text_windows import drawn_windows

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
    """X and Y (40, 6) numbers, as `make_windows` gives them: more than most batches hold."""
    return drawn_windows(draw, LETTERS, MANY, LENGTH)
