"""`train`: what each step does to the weights."""

import pytest

READS = "test_network_reads_all_rows_of_each_image"


@pytest.mark.points(2)
@pytest.mark.prefers(READS)
def test_each_step_of_train_moves_every_weight(student, probes, learner, pairs):
    probes.moves_every_weight(student.train, learner, pairs.images, pairs.labels, 5, 0.01)
