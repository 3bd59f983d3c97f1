"""`sequence_loss`: padding counts nowhere, and gets no gradient."""

import pytest


@pytest.mark.points(2)
@pytest.mark.needs("test_sequence_loss_is_the_mean_over_all_positions")
def test_sequence_loss_leaves_padding_out(student, probes):
    probes.sequence_loss_leaves_padding_out(student.sequence_loss)


@pytest.mark.points(1)
@pytest.mark.needs("test_sequence_loss_leaves_padding_out")
def test_gradients_flow_back_through_sequence_loss(student, probes):
    probes.sequence_loss_carries_gradients(student.sequence_loss)
