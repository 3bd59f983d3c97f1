"""`sequence_loss`: the classes are on the last axis, and every position counts."""

import pytest


@pytest.mark.points(3)
def test_sequence_loss_is_the_mean_over_all_positions(student, probes):
    probes.sequence_loss_counts_every_position(student.sequence_loss)
