"""`RecurrentNeuralNetworkClass`: its arguments, its state, its weights."""

import pytest
import torch

from grader.judge.probes.recognition import in_batches

READS = "test_network_reads_all_rows_of_each_image"
LAST = "test_network_recognises_digits_that_it_has_not_seen"


@pytest.mark.points(1)
@pytest.mark.needs(READS)
def test_network_follows_its_arguments(student, probes, net, images, draw):
    network = student.RecurrentNeuralNetworkClass
    large = torch.from_numpy(draw("images").random((2, 28, 28)))
    probes.classifies_images(network(name="rnn", xdim=28, hdim=9, ydim=10, n_layer=1), large, classes=10)
    layers = [network(name="rnn", xdim=6, hdim=7, ydim=5, n_layer=n) for n in (1, 2, 3)]
    probes.grows_with_argument(*layers, argument="n_layer")
    probes.stacks_layers(*layers, layers=(1, 2, 3), argument="n_layer")
    sizes = [network(name="rnn", xdim=6, hdim=n, ydim=5, n_layer=2) for n in (5, 7, 9)]
    probes.grows_with_argument(*sizes, argument="hdim")
    tall = torch.from_numpy(draw("tall images").random((4, 8, 6)))
    # A network that reads columns is right, too, and cannot take as many rows as it likes.
    if _answers(net, tall):
        probes.reads_every_step(net, tall)
    probes.begins_with_zeros(net, images)


def _answers(net, images):
    (answer,) = net.settled(images).run([[images]])
    return answer.error is None


@pytest.mark.points(1)
@pytest.mark.certified_by(LAST, "test_net_can_be_taught")
@pytest.mark.needs(READS)
def test_network_answers_by_its_hidden_state(probes, net, images):
    probes.answers_by_hidden_state(net, images)


@pytest.mark.points(1)
@pytest.mark.needs(READS, "test_network_answers_by_its_hidden_state")
def test_every_weight_counts_and_can_learn(probes, net, images):
    probes.every_weight_counts(net, images)
    probes.gradient_reaches(net, images)
    probes.gradient_foretells(net, images, scores=True)


@pytest.mark.points(0)
@pytest.mark.prefers(LAST)
def test_net_can_be_taught(student, probes, passed, digits):
    if not passed(LAST):
        net = student.RecurrentNeuralNetworkClass(name="rnn", xdim=8, hdim=32, ydim=10, n_layer=2)
        probes.learns(net, in_batches(digits, epochs=(20, 40), cut=0.3))
