"""`cross_entropy`: its value, for ordinary scores and for large ones."""

import pytest


@pytest.mark.points(4)
def test_cross_entropy_follows_the_formula(student, probes):
    probes.cross_entropy_follows_formula(student.cross_entropy)


@pytest.mark.points(2)
@pytest.mark.needs("test_cross_entropy_follows_the_formula")
def test_cross_entropy_stays_right_for_large_scores(student, probes):
    probes.cross_entropy_is_finite(student.cross_entropy)
