"""`train`: what is scored, and whose words go in."""

import pytest

VOCAB = "test_vocab_gives_every_word_a_number_of_its_own"
WORDS = "test_tensorize_writes_the_words_and_the_end"
ENCODER = "test_encoder_turns_a_word_and_a_state_into_a_state"
DECODER = "test_decoder_answers_in_log_probabilities"
LAST, TEACHES = "test_translations_come_out_after_training", "test_train_teaches_new_translations"


@pytest.mark.points(2)
@pytest.mark.certified_by(LAST, TEACHES)
@pytest.mark.prefers(VOCAB, WORDS, ENCODER, DECODER)
def test_loss_asks_for_every_word_and_the_end(student, probes, cast):
    probes.scores_every_word(student.train, cast)


@pytest.mark.points(3)
@pytest.mark.certified_by(LAST, TEACHES)
@pytest.mark.prefers(VOCAB, WORDS, ENCODER, DECODER)
def test_the_teacher_speaks_as_often_as_the_ratio_says(student, probes, cast):
    probes.forces_by_ratio(student.train, cast)
