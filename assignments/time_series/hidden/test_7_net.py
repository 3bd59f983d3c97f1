"""`Net`: in which order it reads, what its answer is made of, and its weights."""

import pytest

COLUMNS, HIDDEN = 3, 9
READS = "test_net_reads_every_row_of_its_own_window"


@pytest.mark.points(1)
@pytest.mark.needs(READS)
def test_net_reads_the_oldest_row_first(student, probes):
    probes.reads_oldest_first(student.Net(COLUMNS, HIDDEN, 1), features=COLUMNS)


@pytest.mark.points(1)
@pytest.mark.certified_by("test_forecasts_are_better_than_yesterday", "test_net_can_be_taught")
@pytest.mark.needs(READS)
def test_net_answers_from_its_last_hidden_state(student, probes, x):
    probes.answers_by_hidden_state(student.Net(COLUMNS, HIDDEN, 2), x)
    probes.answers_by_hidden_state(student.Net(COLUMNS, HIDDEN, 1, 2), x)


@pytest.mark.points(1)
@pytest.mark.needs(READS)
def test_every_layer_counts_and_can_learn(student, probes, x):
    sizes = [student.Net(COLUMNS, hidden, 1) for hidden in (HIDDEN, 3 * HIDDEN)]
    probes.grows_with_argument(*sizes, argument="hidden_dim")
    probes.widens_layers(*sizes, argument="hidden_dim")
    nets = [student.Net(COLUMNS, HIDDEN, 1, layers) for layers in (1, 2, 3)]
    probes.grows_with_argument(*nets, argument="layers")
    probes.stacks_layers(*nets, layers=(1, 2, 3), argument="layers")
    probes.never_falls_silent(nets[0], x)
    probes.every_weight_counts(nets[1], x)
    probes.gradient_reaches(nets[1], x)
    probes.gradient_foretells(nets[1], x)


@pytest.mark.points(0)
@pytest.mark.prefers("test_forecasts_are_better_than_yesterday")
def test_net_can_be_taught(student, probes, passed, kinds):
    if not passed("test_forecasts_are_better_than_yesterday"):
        probes.learns(student.Net(COLUMNS, 12, 3), kinds)
