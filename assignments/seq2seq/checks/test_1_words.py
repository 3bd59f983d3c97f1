"""Words into numbers and back."""

import pytest


@pytest.mark.points(2)
def test_vocab_gives_every_word_a_number_of_its_own(student, probes):
    probes.numbers_words(student.Vocab)


@pytest.mark.points(1)
@pytest.mark.needs("test_vocab_gives_every_word_a_number_of_its_own")
def test_tensorize_writes_the_words_and_the_end(student, probes):
    probes.tensorizes(student.tensorize, student.Vocab)
