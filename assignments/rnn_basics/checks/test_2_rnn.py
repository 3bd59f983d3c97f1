"""`rnn` from scratch: what it returns and by which formula."""

import pytest


@pytest.mark.points(1)
def test_rnn_returns_outputs_and_a_state(student, probes):
    probes.rnn_has_shapes(student.rnn)


@pytest.mark.points(3)
@pytest.mark.needs("test_rnn_returns_outputs_and_a_state")
def test_rnn_follows_the_formula_at_every_step(student, probes):
    probes.rnn_follows_formula(student.rnn)
