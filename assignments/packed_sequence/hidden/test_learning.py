"""Every weight takes part, and the network learns."""

from dataclasses import replace

import pytest
import torch

FEATURES, HIDDEN, CLASSES = 6, 9, 5


@pytest.mark.points(2)
@pytest.mark.needs("test_padding_changes_nothing", "test_tagger_reads_its_own_word_only")
def test_every_weight_counts_and_learns(student, probes, draw):
    x, lengths = draw.normal(4, 6, FEATURES), torch.tensor([4, 6, 2, 5])
    for model in (student.Net(FEATURES, HIDDEN, CLASSES), student.Tagger(FEATURES, HIDDEN, CLASSES)):
        sizes = _looked_at(model, x, lengths)
        probes.every_weight_counts(model, x, sizes)
        probes.gradient_reaches(model, x, sizes)
        probes.gradient_foretells(model, x, sizes, scores=True)
    for network in (student.Net, student.Tagger):
        sizes = [network(FEATURES, n * HIDDEN, CLASSES) for n in (1, 2, 4)]
        probes.grows_with_argument(*sizes, argument="hidden_size")
        # Words of one length: nothing is padding, so each row of the answer is a row of logits.
        probes.returns_logits(sizes[0], x, torch.full((4,), 6))


def _looked_at(model, x, lengths):
    """Words without padding where what stands at padded steps is no number: that is as right, but nothing
    can be summed over it."""
    (answer,) = model.settled(x, lengths).run([[x, lengths]])
    finite = answer.error is not None or bool(answer.tensor().isfinite().all())
    return lengths if finite else torch.full_like(lengths, x.shape[1])


@pytest.mark.points(1)
@pytest.mark.needs("test_every_weight_counts_and_learns", "test_net_classifies_the_last_hidden_state")
def test_net_learns_hidden_words(student, probes, task):
    probes.learns(student.Net(8, 32, 4), task)


@pytest.mark.points(0)
@pytest.mark.prefers("test_net_learns_hidden_words")
def test_net_can_be_taught(student, probes, passed, task):
    if not passed("test_net_learns_hidden_words"):
        probes.learns(student.Net(8, 32, 4), replace(task, cut=0.6))
