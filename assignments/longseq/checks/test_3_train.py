"""`train`: what each step does to the weights."""

import pytest

READS = "test_net_reads_each_window_by_itself"


@pytest.mark.points(2)
@pytest.mark.prefers(READS)
def test_each_step_of_train_moves_every_weight(student, probes, learner, windows):
    probes.moves_every_weight(student.train, learner, *windows, 6, 0.05)
