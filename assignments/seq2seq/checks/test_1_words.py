"""Words into numbers and back."""

import pytest

VOCAB = "test_vocab_gives_every_word_a_number_of_its_own"


@pytest.mark.points(2)
def test_vocab_gives_every_word_a_number_of_its_own(student, probes):
    probes.numbers_words(student.Vocab)


@pytest.mark.points(1)
@pytest.mark.prefers(VOCAB)
def test_tensorize_writes_the_words_and_the_end(student, probes, passed):
    probes.tensorizes(student.tensorize, student.Vocab, ours=not passed(VOCAB))
