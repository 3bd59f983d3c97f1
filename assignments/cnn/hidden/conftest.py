"""Images and labels for a network of 28 x 28 pixels; and digits, drawn, turned and enlarged afresh."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from grader.judge.probes.recognition import Pictures

TWICE = "test_cnn_takes_any_number_of_images_and_answers_the_same_twice"
WEIGHTS = "test_every_weight_counts_and_can_learn"
HERE = Path(__file__).parent
BUDGETS = ((3, 0.002), (20, 0.005), (20, 0.1))
"""Epochs and learning rates: for Adam, for Adam on whole batches, for descent."""


@pytest.fixture
def student(student):
    """What each network reads, for those whose layers find their sizes when they are called."""
    return student.reading(CNN=lambda: [torch.zeros(1, 1, 28, 28)])


@pytest.fixture
def images(draw):
    """(B, C, H, W) = (3, 1, 28, 28)."""
    return torch.from_numpy(draw("images").random((3, 1, 28, 28)))


@pytest.fixture
def learner(student, passed):
    """What is trained: the notebook's own `CNN`, or a layer of ours where that one fails its own checks."""
    if passed(TWICE, WEIGHTS):
        return student.CNN()
    return student.CNN.stand_in("Classifier", 28 * 28, 10)


@pytest.fixture
def pairs(draw):
    """64 images and their labels, as `train` gets them."""
    images = torch.from_numpy(draw("pictures").random((64, 1, 28, 28))).float()
    return SimpleNamespace(images=images, labels=draw.integers(0, 10, 64, purpose="labels"))


@pytest.fixture
def digits(draw):
    """160 digits of the students' training set and 160 that stay here, all turned or mirrored in one way,
    a little noisy, enlarged, under labels that were dealt out anew."""
    train, hidden = (_load(path) for path in (HERE.parent / "data/digits_train.npz", HERE / "digits.npz"))
    small = Pictures.drawn(train, hidden, draw, counts=(160, 160), budgets=BUDGETS, cut=0.5)
    return replace(small, images=_large(small.images), test=_large(small.test))


def _load(path):
    with np.load(path) as file:
        return torch.from_numpy(file["images"]).float() / 16, torch.from_numpy(file["labels"]).long()


def _large(images):
    return interpolate(images[:, None], size=(28, 28), mode="bilinear")
