"""Who plays in a translation: the notebook's own vocabulary and networks, as far as they can be used."""

import pytest
import torch

from grader.judge.cast import Cast

VOCAB = "test_vocab_gives_every_word_a_number_of_its_own"
ENCODER = "test_encoder_turns_a_word_and_a_state_into_a_state"
DECODER = "test_decoder_answers_in_log_probabilities"


@pytest.fixture
def student(student):
    """What each network reads, for those whose layers find their sizes when they are called."""
    return student.reading(Encoder=lambda _, hidden: _word(hidden), Decoder=lambda hidden, _: _word(hidden))


@pytest.fixture
def ours(passed):
    """Who is played by us, because the notebook's own fails its checks: `train` and `evaluate` are judged by
    themselves."""
    parts = {"vocab": VOCAB, "encoder": ENCODER, "decoder": DECODER}
    return [part for part, check in parts.items() if not passed(check)]


@pytest.fixture
def cast(student, ours):
    """The names that translate, with networks of hidden size 7."""
    return Cast(student.Vocab, student.Encoder, student.Decoder, hidden=7, ours=ours)


@pytest.fixture
def larger_cast(student, ours):
    """The same with room to learn four sentences by heart."""
    return Cast(student.Vocab, student.Encoder, student.Decoder, hidden=16, ours=ours)


def _word(hidden):
    """One word and a state."""
    return torch.zeros(1, 1).long(), torch.zeros(1, 1, hidden)
