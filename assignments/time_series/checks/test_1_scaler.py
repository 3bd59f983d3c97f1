"""`minmax_scaler`: every column to the same range."""

import pytest


@pytest.mark.points(1)
def test_minmax_scaler_brings_each_column_to_its_own_range(student, probes):
    probes.scales_columns(student.minmax_scaler)
