"""`train`: what each step does to the weights."""

import pytest

READS = "test_net_reads_the_text_letter_by_letter"


@pytest.mark.points(2)
@pytest.mark.prefers(READS)
def test_each_step_of_train_moves_every_weight(student, probes, net, pairs):
    probes.moves_every_weight(student.train, net, *pairs, 6, 0.1)
