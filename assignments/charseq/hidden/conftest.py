"""Texts to read, as numbers of letters, and texts to learn from."""

from __future__ import annotations

import pytest
import torch

LETTERS = 9
TEXTS, STEPS = 2, 6
MANY, LENGTH = 36, 7


@pytest.fixture
def student(student):
    """What each network reads, for those whose layers find their sizes when they are called."""
    return student.reading(CharModel=lambda *_: [torch.zeros(1, 2).long()])


@pytest.fixture
def x(draw):
    """x (B, T) = (2, 6) numbers below 9: sizes that all differ."""
    return draw.integers(0, LETTERS, TEXTS, STEPS)


@pytest.fixture
def other_letter():
    """Another letter in place of each; which one is up to the noise."""

    def substitute(letters, noise):
        return (letters + 1 + (noise.abs() * 1000).long() % (LETTERS - 1)) % LETTERS

    return substitute


@pytest.fixture
def texts(draw):
    """X and Y (36, 7) numbers of texts in which no letter follows itself."""
    steps = 1 + draw.integers(0, LETTERS - 1, MANY, LENGTH + 1, purpose="text")
    numbers = torch.cumsum(steps, 1) % LETTERS
    return numbers[:, :-1], numbers[:, 1:]
