"""`train`: what each step does to the weights."""

import pytest


@pytest.mark.points(1)
@pytest.mark.prefers("test_net_reads_every_row_of_its_own_window")
def test_each_step_of_train_moves_every_weight(student, probes, learner, windows):
    probes.moves_every_weight(student.train, learner, *windows, 6, 0.05)
