"""Texts to read: one-hot rows of drawn letters, and the letters that follow."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

LETTERS, STEPS, TEXTS = 5, 7, 3


@pytest.fixture
def student(student):
    """What each network reads, for those whose layers find their sizes when they are called."""
    return student.reading(Net=lambda letters, *_: [torch.zeros(1, 2, letters)])


@pytest.fixture
def x(draw):
    """X (B, T, V) = (3, 7, 5) one-hot: sizes that all differ."""
    return torch.eye(LETTERS, dtype=torch.float64)[draw.integers(0, LETTERS, TEXTS, STEPS)]


@pytest.fixture
def other_letter():
    """Another letter in place of a one-hot row; which one is up to the noise."""

    def substitute(step, noise):
        return step.roll(1 + int(noise.argmax()) % (LETTERS - 1))

    return substitute


@pytest.fixture
def pairs(draw):
    """X (1, 7, 5) and Y (1, 7) of a text in which no letter follows itself, as `make_dataset` gives them."""
    while True:
        numbers = draw.integers(0, LETTERS, STEPS + 1, purpose="text")
        if all(a != b for a, b in pairwise(numbers.tolist())) and len(set(numbers.tolist())) > 3:
            return torch.eye(LETTERS)[numbers[:-1]][None], numbers[1:][None]


@pytest.fixture
def net(student, passed):
    """The notebook's own `Net`; a layer of ours where it fails its checks: `train` is judged by itself."""
    if passed("test_net_reads_the_text_letter_by_letter"):
        return student.Net(LETTERS, 8)
    return student.Net.stand_in("Linear", LETTERS, LETTERS)
