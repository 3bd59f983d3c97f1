"""`lstm_cell`: what lies behind the numbers."""

import pytest

FORMULA = "test_lstm_cell_follows_the_gates"


@pytest.mark.points(1)
@pytest.mark.needs(FORMULA)
def test_lstm_cell_is_written_by_hand(student, probes):
    probes.lstm_cell_is_written_by_hand(student.lstm_cell)


@pytest.mark.points(1)
@pytest.mark.needs(FORMULA)
def test_gradients_flow_back_through_lstm_cell(student, probes):
    probes.lstm_cell_carries_gradients(student.lstm_cell)
