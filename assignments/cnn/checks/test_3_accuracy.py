"""`accuracy`: how many images are said rightly."""

import pytest


@pytest.mark.points(1)
def test_accuracy_is_the_share_of_right_answers(student, probes):
    probes.counts_right_answers(student.accuracy, shape=(1, 28, 28))
