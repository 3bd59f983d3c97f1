"""Images and labels: square, of sizes that all differ otherwise; and digits, drawn and turned afresh."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from grader.judge.probes.recognition import Pictures

SIDE, CLASSES = 6, 5
READS = "test_network_reads_all_rows_of_each_image"
WEIGHTS = "test_every_weight_counts_and_can_learn"
HERE = Path(__file__).parent
BUDGETS = ((12, 0.01), (30, 0.1), (60, 0.005), (100, 1.0))
"""Epochs and learning rates: for Adam, for momentum, for Adam on whole batches, for plain descent."""


@pytest.fixture
def student(student):
    """What each network reads, for those whose layers find their sizes when they are called."""
    return student.reading(RecurrentNeuralNetworkClass=lambda xdim, **_: [torch.zeros(1, xdim, xdim)])


@pytest.fixture
def images(draw):
    """(B, L, Q) = (4, 6, 6): reading columns in place of rows is as right."""
    return torch.from_numpy(draw("images").random((4, SIDE, SIDE)))


@pytest.fixture
def net(student):
    """A small network for images of 6 x 6 and 5 classes."""
    return _small(student)


@pytest.fixture
def learner(student, passed):
    """What is trained: the notebook's own network, or a layer of ours where that one fails its own checks."""
    if passed(READS, WEIGHTS):
        return _small(student, layers=1)
    return student.RecurrentNeuralNetworkClass.stand_in("Classifier", SIDE * SIDE, CLASSES)


@pytest.fixture
def pairs(draw):
    """72 images and their labels, as `train` gets them."""
    return _pictures(draw, 72)


@pytest.fixture
def many(draw):
    """160 of them: several batches of any usual size."""
    return _pictures(draw, 160)


def _pictures(draw, count):
    images = torch.from_numpy(draw("pictures").random((count, SIDE, SIDE))).float()
    return SimpleNamespace(images=images, labels=draw.integers(0, CLASSES, count, purpose="labels"))


@pytest.fixture
def digits(draw):
    """300 digits of the students' training set and 300 that stay here, all turned or mirrored in one way,
    a little noisy, under labels that were dealt out anew."""
    train, hidden = (_load(path) for path in (HERE.parent / "data/digits_train.npz", HERE / "digits.npz"))
    return Pictures.drawn(train, hidden, draw, counts=(300, 300), budgets=BUDGETS, cut=0.4)


def _load(path):
    with np.load(path) as file:
        return torch.from_numpy(file["images"]).float() / 16, torch.from_numpy(file["labels"]).long()


def _small(student, layers=2):
    return student.RecurrentNeuralNetworkClass(name="rnn", xdim=SIDE, hdim=7, ydim=CLASSES, n_layer=layers)
