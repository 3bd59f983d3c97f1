"""`stitch`: one text from many windows."""

import pytest


@pytest.mark.points(2)
def test_stitch_takes_from_each_window_what_is_new(student, probes):
    probes.stitches(student.stitch)
