"""`Net`: the kind of cell, and its weights."""

import pytest

LETTERS, HIDDEN = 6, 9
READS = "test_net_reads_the_text_letter_by_letter"


@pytest.mark.points(1)
@pytest.mark.needs(READS)
def test_cell_chooses_the_kind_of_network(student, probes, x):
    nets = [student.Net(LETTERS, HIDDEN, cell) for cell in ("rnn", "gru", "lstm")]
    probes.grows_with_argument(*nets, argument="cell")
    probes.hands_on_no_cell_state(nets[-1], x)


@pytest.mark.points(1)
@pytest.mark.needs(READS)
def test_every_weight_counts_and_can_learn(student, probes, x):
    for cell in ("rnn", "lstm", "gru"):
        probes.goes_below_zero(student.Net(LETTERS, HIDDEN, cell), x)
        probes.every_weight_counts(student.Net(LETTERS, HIDDEN, cell), x)
        probes.gradient_reaches(student.Net(LETTERS, HIDDEN, cell), x)
        probes.gradient_goes_back_in_time(student.Net(LETTERS, HIDDEN, cell), x)
        probes.gradient_foretells(student.Net(LETTERS, HIDDEN, cell), x, scores=True)
