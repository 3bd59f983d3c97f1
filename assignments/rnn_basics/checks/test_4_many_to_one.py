"""`many_to_one`: what the network says after the last letter."""

import pytest

from grader.judge.supplied import Supplied


@pytest.mark.points(1)
def test_many_to_one_is_the_last_output(student, probes):
    probes.takes_last_step(student.many_to_one, Supplied("RNN", (4, 6)))
    probes.takes_last_step(student.many_to_one, Supplied("GRU", (7, 2)))
