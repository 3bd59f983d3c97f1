"""`prepare`: one scale for each column, from the training rows."""

import pytest


@pytest.mark.points(2)
@pytest.mark.needs("test_training_knows_nothing_of_the_test_rows")
def test_each_column_is_scaled_by_the_training_rows(student, probes, options):
    probes.scales_by_training_rows(student.prepare, separate=options["scaler"] == "separate")
