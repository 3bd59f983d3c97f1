"""`rnn` from scratch: the state handed back, gradients, and that it is from scratch."""

import pytest


@pytest.mark.points(1)
@pytest.mark.needs("test_rnn_follows_the_formula_at_every_step")
def test_rnn_hands_back_the_last_state(student, probes):
    probes.rnn_returns_last_state(student.rnn)


@pytest.mark.points(1)
@pytest.mark.needs("test_rnn_follows_the_formula_at_every_step")
def test_rnn_is_written_by_hand(student, probes):
    probes.rnn_is_written_by_hand(student.rnn)


@pytest.mark.points(1)
@pytest.mark.needs("test_rnn_hands_back_the_last_state")
def test_gradients_flow_back_through_rnn(student, probes):
    probes.rnn_carries_gradients(student.rnn)
