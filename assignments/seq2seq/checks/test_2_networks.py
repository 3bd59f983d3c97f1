"""`Encoder` and `Decoder` by themselves, one word a call."""

import pytest


@pytest.mark.points(1)
def test_encoder_turns_a_word_and_a_state_into_a_state(student, probes):
    probes.encodes(student.Encoder(11, 6), words=11, hidden=6)


@pytest.mark.points(2)
def test_decoder_answers_in_log_probabilities(student, probes):
    probes.decodes(student.Decoder(6, 9), words=9, hidden=6)
