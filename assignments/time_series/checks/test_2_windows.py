"""`build_dataset`: windows, and what follows them."""

import pytest


@pytest.mark.points(2)
def test_build_dataset_pairs_each_window_with_the_next_row(student, probes):
    probes.cuts_series(student.build_dataset)
