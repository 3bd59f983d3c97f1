"""What may not matter: how much padding there is, what it holds, who else is in the batch."""

import pytest
import torch

FEATURES, HIDDEN, CLASSES = 6, 9, 5


@pytest.mark.points(2)
@pytest.mark.needs("test_net_reads_each_word_to_its_end")
def test_padding_changes_nothing(student, probes):
    probes.ignores_padding(student.Net(FEATURES, HIDDEN, CLASSES), features=FEATURES)


@pytest.mark.points(1)
@pytest.mark.certified_by("test_net_learns_hidden_words", "test_net_can_be_taught")
@pytest.mark.needs("test_padding_changes_nothing")
def test_net_classifies_the_last_hidden_state(student, probes):
    net = student.Net(FEATURES, HIDDEN, CLASSES)
    probes.classifies_hidden_state(net, features=FEATURES)
    probes.both_directions_see_the_word(net, features=FEATURES)


@pytest.mark.points(1, option="require_packing")
@pytest.mark.certified_by("test_net_learns_hidden_words", "test_net_can_be_taught")
@pytest.mark.needs("test_padding_changes_nothing")
def test_rnn_reads_words_without_their_padding(student, probes, options):
    net = student.Net(FEATURES, HIDDEN, CLASSES)
    probes.packs(net, features=FEATURES, required=bool(options["require_packing"]))


@pytest.mark.points(2)
@pytest.mark.needs("test_tagger_gives_logits_for_each_letter")
def test_tagger_reads_its_own_word_only(student, probes, draw):
    tagger = probes.at_letters(student.Tagger(FEATURES, HIDDEN, CLASSES))
    probes.gives_same_answer(tagger, draw.normal(4, 6, FEATURES), torch.tensor([4, 6, 2, 5]))
    probes.tags_each_letter(tagger, features=FEATURES)
    probes.ignores_padding(tagger, features=FEATURES, per_step=True)
