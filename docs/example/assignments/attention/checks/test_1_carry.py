"""Public: students run this file on their own machines, so it says what has to hold and not how.

A check's name is its promise. Its title in both languages stands in words/en.toml and words/ko.toml.
"""

import pytest


@pytest.mark.points(4)
def test_carry_reads_each_row_in_time_order(student, probes, draw):
    # Numbers are drawn anew for each submission. All sizes differ, or swapped axes could not be told.
    x = draw.normal(3, 5, 2)
    probes.has_shape(student.carry, x, shape=(3, 5, 2), axes=("@axis.batch", "@axis.time", "@axis.unit"))
    probes.reads_in_time_order(student.carry, x)
