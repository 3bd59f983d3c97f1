"""One answer per word: the right shape, the same every time, made of the word's own letters."""

import pytest
import torch

FEATURES, HIDDEN, CLASSES = 6, 9, 5


@pytest.fixture
def ragged_batch(draw):
    """x (4, 7, 6) and lengths in no order; the last column is padding in every row."""
    lengths = torch.tensor([4, 6, 2, 5])
    inside = torch.arange(7)[None] < lengths[:, None]
    return draw.normal(4, 7, FEATURES) * inside[:, :, None], lengths


@pytest.mark.points(1)
def test_net_gives_logits_for_each_word(student, probes, ragged_batch):
    net = student.Net(FEATURES, HIDDEN, CLASSES)
    probes.takes_ragged(net, features=FEATURES)
    probes.has_shape(net, *ragged_batch, shape=(4, CLASSES), axes=("@axis.batch", "@axis.class"))


@pytest.mark.points(1)
@pytest.mark.needs("test_net_gives_logits_for_each_word")
def test_net_takes_any_batch_size(student, probes, ragged_batch):
    probes.takes_any_batch_size(student.Net(FEATURES, HIDDEN, CLASSES), *ragged_batch)


@pytest.mark.points(1)
@pytest.mark.needs("test_net_takes_any_batch_size")
def test_net_answers_the_same_twice(student, probes, ragged_batch):
    probes.gives_same_answer(student.Net(FEATURES, HIDDEN, CLASSES), *ragged_batch)


@pytest.mark.points(2)
@pytest.mark.needs("test_net_answers_the_same_twice")
def test_net_reads_each_word_to_its_end(student, probes):
    probes.reads_each_word(student.Net(FEATURES, HIDDEN, CLASSES), features=FEATURES)
