"""`evaluate` and `train` together: what a translation depends on, and what comes out."""

import pytest

VOCAB = "test_vocab_gives_every_word_a_number_of_its_own"
WORDS = "test_tensorize_writes_the_words_and_the_end"
ENCODER = "test_encoder_turns_a_word_and_a_state_into_a_state"
DECODER = "test_decoder_answers_in_log_probabilities"
SAYS = "test_evaluate_writes_what_the_decoder_says"
ALONE = "test_a_translation_depends_on_its_source_alone"
LOSS = "test_loss_asks_for_every_word_and_the_end"
TEACHER = "test_the_teacher_speaks_as_often_as_the_ratio_says"
LAST = "test_translations_come_out_after_training"
BUDGETS = ((300, 0.01), (600, 0.01), (250, 0.1), (800, 0.1))
"""Sentences and learning rates: twice for Adam, for momentum, for plain descent."""
MOVES = "test_each_step_of_train_moves_both_networks"


@pytest.mark.points(1)
@pytest.mark.needs(SAYS)
@pytest.mark.prefers(VOCAB, WORDS, ENCODER, DECODER)
def test_a_translation_depends_on_its_source_alone(student, probes, cast):
    probes.needs_the_source_alone(student.evaluate, cast)


@pytest.mark.points(2)
@pytest.mark.certifies("test_train_leads_each_sentence_through_both_networks", MOVES)
@pytest.mark.needs(ALONE, LOSS, TEACHER, MOVES, VOCAB, WORDS, ENCODER, DECODER)
def test_translations_come_out_after_training(student, probes, larger_cast):
    probes.translations_come_out(
        student.train,
        student.evaluate,
        larger_cast,
        budgets=BUDGETS,
    )


@pytest.mark.points(0)
@pytest.mark.certifies("test_train_leads_each_sentence_through_both_networks", MOVES)
@pytest.mark.prefers(LAST)
def test_train_teaches_new_translations(student, probes, passed, larger_cast):
    if not passed(LAST):
        probes.translations_are_learnt(student.train, larger_cast, budgets=BUDGETS)
