"""Windows, and the letters that have to be said after each of theirs."""

import pytest


@pytest.mark.points(4)
def test_make_windows_cuts_every_window_and_its_targets(student, probes):
    probes.cuts_windows(student.make_windows)
