"""`softmax`: scores of each row become probabilities."""

import pytest


@pytest.mark.points(3)
def test_softmax_turns_each_row_into_probabilities(student, probes):
    probes.softmax_follows_formula(student.softmax)
