"""Inputs and targets: what is read, and what has to be said."""

import pytest


@pytest.mark.points(3)
def test_make_dataset_pairs_each_letter_with_the_next(student, probes):
    probes.next_letters(student.make_dataset)
