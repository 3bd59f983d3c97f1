"""`train`: what each step does to the weights."""

import pytest

LETTERS, HIDDEN = 5, 8
READS = "test_net_reads_the_text_letter_by_letter"


@pytest.mark.points(2)
@pytest.mark.needs(READS)
def test_each_step_of_train_moves_every_weight(student, probes, pairs):
    probes.moves_every_weight(student.train, student.Net(LETTERS, HIDDEN), *pairs, 6, 0.1)
