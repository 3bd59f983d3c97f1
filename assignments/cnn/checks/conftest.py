"""Images and labels for a network of 28 x 28 pixels."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

TWICE = "test_cnn_takes_any_number_of_images_and_answers_the_same_twice"


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
    if passed(TWICE):
        return student.CNN()
    return student.CNN.stand_in("Classifier", 28 * 28, 10)


@pytest.fixture
def pairs(draw):
    """66 images and their labels, as `train` gets them."""
    images = torch.from_numpy(draw("pictures").random((66, 1, 28, 28))).float()
    return SimpleNamespace(images=images, labels=draw.integers(0, 10, 66, purpose="labels"))
