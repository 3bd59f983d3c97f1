"""A loss in which padding does not count."""

import pytest


@pytest.mark.points(2)
def test_masked_loss_is_the_mean_over_letters(student, probes):
    probes.masked_loss(student.masked_loss)
