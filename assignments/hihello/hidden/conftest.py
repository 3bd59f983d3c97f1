"""Texts to read: one-hot rows of drawn letters, and the letters that follow."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from grader.judge.probes.teaching import walks

LETTERS, STEPS, TEXTS = 6, 8, 2


@pytest.fixture
def student(student):
    """What each network reads, for those whose layers find their sizes when they are called."""
    return student.reading(Net=lambda letters, *_: [torch.zeros(1, 2, letters)])


@pytest.fixture
def x(draw):
    """X (B, T, V) = (2, 8, 6) one-hot: sizes that all differ."""
    return torch.eye(LETTERS, dtype=torch.float64)[draw.integers(0, LETTERS, TEXTS, STEPS)]


@pytest.fixture
def pairs(draw):
    """X (1, 8, 6) and Y (1, 8) of a text in which no letter follows itself, as `make_dataset` gives them."""
    while True:
        numbers = draw.integers(0, LETTERS, STEPS + 1, purpose="text")
        if all(a != b for a, b in pairwise(numbers.tolist())) and len(set(numbers.tolist())) > 3:
            return torch.eye(LETTERS)[numbers[:-1]][None], numbers[1:][None]


@pytest.fixture
def net(student, passed):
    """The notebook's own `Net`; a layer of ours where it fails its checks: `train` is judged by itself."""
    if passed("test_net_reads_the_text_letter_by_letter", "test_every_weight_counts_and_can_learn"):
        return student.Net(LETTERS, 9)
    return student.Net.stand_in("Linear", LETTERS, LETTERS)


@pytest.fixture
def walk(draw):
    """A text of 60 letters in which nearly every letter has its own follower."""
    return walks(LETTERS, 60, draw)
