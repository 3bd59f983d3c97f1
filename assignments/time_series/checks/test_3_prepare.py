"""`prepare`: what training may know."""

import pytest


@pytest.mark.points(2)
def test_training_knows_nothing_of_the_test_rows(student, probes):
    probes.keeps_future_out(student.prepare)


@pytest.mark.points(1)
@pytest.mark.needs("test_training_knows_nothing_of_the_test_rows")
def test_prepare_makes_every_window_of_both_parts(student, probes):
    probes.prepares_every_window(student.prepare)
