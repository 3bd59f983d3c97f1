"""Images and labels: square, of sizes that all differ otherwise."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

SIDE, CLASSES = 6, 5
READS = "test_network_reads_all_rows_of_each_image"


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
    if passed(READS):
        return _small(student, layers=1)
    return student.RecurrentNeuralNetworkClass.stand_in("Classifier", SIDE * SIDE, CLASSES)


@pytest.fixture
def pairs(draw):
    """72 images and their labels, as `train` gets them."""
    images = torch.from_numpy(draw("pictures").random((72, SIDE, SIDE))).float()
    return SimpleNamespace(images=images, labels=draw.integers(0, CLASSES, 72, purpose="labels"))


def _small(student, layers=2):
    return student.RecurrentNeuralNetworkClass(name="rnn", xdim=SIDE, hdim=7, ydim=CLASSES, n_layer=layers)
