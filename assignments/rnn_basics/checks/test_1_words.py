"""Letters become rows of numbers, words become a batch."""

import pytest


@pytest.mark.points(1)
def test_one_hot_rows_read_back_as_letters(student, probes):
    probes.one_hot(student.one_hot)


@pytest.mark.points(1)
@pytest.mark.needs("test_one_hot_rows_read_back_as_letters")
def test_make_batch_keeps_every_word(student, probes):
    probes.batch_of_words(student.make_batch)
