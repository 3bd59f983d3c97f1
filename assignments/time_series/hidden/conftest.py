"""Windows to read, and windows to learn from with a target each."""

from __future__ import annotations

import pytest
import torch

from grader.judge.probes.learning import Task

STEPS, COLUMNS = 6, 3
READS = "test_net_reads_every_row_of_its_own_window"
WEIGHTS = "test_every_layer_counts_and_can_learn"


@pytest.fixture
def student(student):
    """What each network reads, for those whose layers find their sizes when they are called."""
    return student.reading(Net=lambda columns, *_: [torch.zeros(1, 2, columns)])


@pytest.fixture
def x(draw):
    """Windows (B, T, D) = (4, 6, 3): sizes that all differ."""
    return draw.normal(4, STEPS, COLUMNS)


@pytest.fixture
def learner(student, passed):
    """What is trained: the notebook's own `Net` where its checks have passed, else a layer of ours."""
    if passed(READS, WEIGHTS):
        return student.Net(COLUMNS, 9, 1)
    return student.Net.stand_in("Classifier", STEPS * COLUMNS, 1)


@pytest.fixture
def windows(draw):
    """X (24, 6, 3) in 0..1 and Y (24, 1), standardised, so that targets lie on both sides of any answer."""
    x = torch.from_numpy(draw("windows").random((24, STEPS, COLUMNS)))
    return x, draw.normal(24, 1, purpose="targets")


@pytest.fixture
def kinds(draw):
    """Windows (B, 6, 3) of three kinds: which column of the last two rows is the largest, in the sum."""

    def windows(count, purpose):
        x = draw.normal(count, STEPS, COLUMNS, purpose=purpose)
        return [x], x[:, -2:].sum(1).argmax(1)

    training = [windows(25, "training windows") for _ in range(8)]
    test, labels = windows(100, "test windows")
    return Task(
        batches=[inputs for inputs, _ in training],
        labels=[of for _, of in training],
        test=test,
        test_labels=labels,
        classes=COLUMNS,
        epochs=(12, 25),
        learning_rate=0.01,
        cut=0.6,
    )
