"""`softmax` and `cross_entropy`: that they are written by hand, and that they can be learned from."""

import pytest


@pytest.mark.points(1)
@pytest.mark.needs("test_softmax_turns_each_row_into_probabilities")
def test_softmax_is_written_by_hand(student, probes):
    probes.softmax_is_written_by_hand(student.softmax)


@pytest.mark.points(1)
@pytest.mark.needs("test_softmax_turns_each_row_into_probabilities")
def test_gradients_flow_back_through_softmax(student, probes):
    probes.softmax_carries_gradients(student.softmax)


@pytest.mark.points(1)
@pytest.mark.needs("test_cross_entropy_follows_the_formula")
def test_cross_entropy_is_written_by_hand(student, probes):
    probes.cross_entropy_is_written_by_hand(student.cross_entropy)


@pytest.mark.points(2)
@pytest.mark.needs("test_cross_entropy_stays_right_for_large_scores")
def test_gradients_flow_back_through_cross_entropy(student, probes):
    probes.cross_entropy_carries_gradients(student.cross_entropy)
