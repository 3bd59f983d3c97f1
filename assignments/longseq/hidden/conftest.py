"""Windows to read, as one-hot rows, and windows to learn from."""

from __future__ import annotations

import pytest
import torch

from grader.judge.probes.teaching import walks
from grader.judge.probes.text_windows import drawn_windows

LETTERS, HIDDEN = 6, 16
WINDOWS, STEPS = 2, 7
MANY, FEW, LENGTH = 36, 14, 5
READS = "test_net_reads_each_window_by_itself"
WEIGHTS = "test_every_weight_counts_and_can_learn"


@pytest.fixture
def student(student):
    """What each network reads, for those whose layers find their sizes when they are called."""
    return student.reading(Net=lambda letters, *_: [torch.zeros(1, 2, letters)])


@pytest.fixture
def x(draw):
    """x (B, T, V) = (2, 7, 6) one-hot: sizes that all differ."""
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
    if passed(READS, WEIGHTS):
        return student.Net(LETTERS, HIDDEN, 1)
    return student.Net.stand_in("Linear", LETTERS, LETTERS, knows={"input_dim": LETTERS})


@pytest.fixture
def windows(draw):
    """X and Y (36, 5) numbers, more than most batches hold."""
    return drawn_windows(draw, LETTERS, MANY, LENGTH)


@pytest.fixture
def few_windows(draw):
    """X and Y (14, 5) numbers, for trainings of many epochs."""
    return drawn_windows(draw, LETTERS, FEW, LENGTH)


@pytest.fixture
def walk(draw):
    """Windows of seven letters over a text of 60 in which nearly every letter has its own follower."""
    return walks(LETTERS, 60, draw, window=7)
