"""Letters and their numbers."""

import pytest


@pytest.mark.points(2)
def test_build_vocab_numbers_every_letter_and_back(student, probes):
    probes.numbers_letters(student.build_vocab)
