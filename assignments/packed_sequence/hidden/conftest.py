"""Hidden words to learn from: each holds one letter that tells its class, anywhere among others."""

from __future__ import annotations

import pytest
import torch

from grader.judge.probes.learning import Task

LETTERS, CLASSES = 8, 4
BATCH, BATCHES, TEST = 20, 10, 200
SHORTEST, LONGEST = 2, 7


@pytest.fixture
def student(student):
    """What each network reads, for those whose layers find their sizes when they are called."""
    return student.reading(Net=_word, Tagger=_word)


@pytest.fixture
def task(draw):
    """x (B, T, 8) one-hot with zeros as padding, lengths (B,), labels (B,); the letters' numbers are drawn
    for each submission, and so are the words. Guessing is right in a quarter of the words."""
    numbers = draw("letters").permutation(LETTERS)

    def words(count, purpose):
        """One batch of words and its labels; labels come from a stream of their own."""
        labels = draw.integers(0, CLASSES, count, purpose=f"{purpose} labels")
        lengths = draw.integers(SHORTEST, LONGEST + 1, count, purpose=purpose)
        letters = draw.integers(CLASSES, LETTERS, count, LONGEST, purpose=purpose)
        places = (draw(purpose).random(count) * lengths.numpy()).astype(int)
        letters[torch.arange(count), torch.from_numpy(places)] = labels
        x = torch.nn.functional.one_hot(torch.from_numpy(numbers)[letters], LETTERS).double()
        inside = torch.arange(LONGEST)[None] < lengths[:, None]
        return [x * inside[:, :, None], lengths], labels

    training = [words(BATCH, "training words") for _ in range(BATCHES)]
    test, test_labels = words(TEST, "test words")
    return Task(
        batches=[inputs for inputs, _ in training],
        labels=[labels for _, labels in training],
        test=test,
        test_labels=test_labels,
        classes=CLASSES,
        epochs=(4, 12, 12),
        learning_rate=0.02,
        cut=0.9,
    )


def _word(features, *_):
    """One word of two letters, and its length."""
    return torch.zeros(1, 2, features), torch.tensor([2])
