"""`train`: from the source through both networks, and back again."""

import pytest

WORDS = "test_tensorize_writes_the_words_and_the_end"
ENCODER = "test_encoder_turns_a_word_and_a_state_into_a_state"
DECODER = "test_decoder_answers_in_log_probabilities"
LAST, TEACHES = "test_translations_come_out_after_training", "test_train_teaches_new_translations"
LEADS = "test_train_leads_each_sentence_through_both_networks"


@pytest.mark.points(2)
@pytest.mark.certified_by(LAST, TEACHES)
@pytest.mark.needs(WORDS, ENCODER, DECODER)
def test_train_leads_each_sentence_through_both_networks(student, probes, cast):
    probes.leads_through_both(student.train, cast)


@pytest.mark.points(2)
@pytest.mark.certified_by(LAST, TEACHES)
@pytest.mark.needs(LEADS)
def test_each_step_of_train_moves_both_networks(student, probes, cast):
    probes.moves_both(student.train, cast)
