"""`lstm_cell`: one step by hand."""

import pytest


@pytest.mark.points(3)
def test_lstm_cell_follows_the_gates(student, probes):
    probes.lstm_cell_follows_formula(student.lstm_cell)
