"""`evaluate`: what the decoder says, without a teacher."""

import pytest

VOCAB = "test_vocab_gives_every_word_a_number_of_its_own"
WORDS = "test_tensorize_writes_the_words_and_the_end"
ENCODER = "test_encoder_turns_a_word_and_a_state_into_a_state"
DECODER = "test_decoder_answers_in_log_probabilities"


@pytest.mark.points(2)
@pytest.mark.prefers(VOCAB, WORDS, ENCODER, DECODER)
def test_evaluate_writes_what_the_decoder_says(student, probes, cast):
    probes.spells_script(student.evaluate, cast)
