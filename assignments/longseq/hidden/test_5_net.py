"""`Net`: its layers, and its weights."""

import pytest

LETTERS, HIDDEN = 6, 16
READS = "test_net_reads_each_window_by_itself"


@pytest.mark.points(1)
@pytest.mark.needs(READS)
def test_layers_are_stacked(student, probes):
    nets = [student.Net(LETTERS, HIDDEN, layers) for layers in (1, 2, 3)]
    probes.grows_with_argument(*nets, argument="layers")
    probes.stacks_layers(*nets, layers=(1, 2, 3), argument="layers")


@pytest.mark.points(1)
@pytest.mark.needs(READS)
def test_every_weight_counts_and_can_learn(student, probes, x):
    probes.every_weight_counts(student.Net(LETTERS, HIDDEN, 2), x)
    probes.gradient_reaches(student.Net(LETTERS, HIDDEN, 2), x)
    probes.gradient_foretells(student.Net(LETTERS, HIDDEN, 2), x, scores=True)
