"""`train`: from the source through both networks, and back again."""

import pytest

VOCAB = "test_vocab_gives_every_word_a_number_of_its_own"
WORDS = "test_tensorize_writes_the_words_and_the_end"
ENCODER = "test_encoder_turns_a_word_and_a_state_into_a_state"
DECODER = "test_decoder_answers_in_log_probabilities"
LEADS = "test_train_leads_each_sentence_through_both_networks"


@pytest.mark.points(2)
@pytest.mark.prefers(VOCAB, WORDS, ENCODER, DECODER)
def test_train_leads_each_sentence_through_both_networks(student, probes, cast):
    probes.leads_through_both(student.train, cast)


@pytest.mark.points(2)
@pytest.mark.needs(LEADS)
@pytest.mark.prefers(VOCAB, WORDS, ENCODER, DECODER)
def test_each_step_of_train_moves_both_networks(student, probes, cast):
    probes.moves_both(student.train, cast)
