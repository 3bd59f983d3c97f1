"""`Net`: scores for every letter at every step, from the letters read so far."""

import pytest

LETTERS, HIDDEN = 5, 8
CELLS = ("rnn", "lstm", "gru")
SCORES = "test_net_scores_every_letter_at_every_step"


@pytest.mark.points(1)
def test_net_scores_every_letter_at_every_step(student, probes, x):
    for cell in CELLS:
        axes = ("@axis.batch", "@axis.step", "@axis.vocabulary")
        probes.has_shape(student.Net(LETTERS, HIDDEN, cell), x, shape=(3, 7, LETTERS), axes=axes)


@pytest.mark.points(1)
@pytest.mark.needs(SCORES)
def test_net_takes_any_number_of_texts(student, probes, x):
    for cell in CELLS:
        probes.takes_any_batch_size(student.Net(LETTERS, HIDDEN, cell), x)


@pytest.mark.points(1)
@pytest.mark.needs("test_net_takes_any_number_of_texts")
def test_net_gives_the_same_scores_twice(student, probes, x):
    for cell in CELLS:
        probes.gives_same_answer(student.Net(LETTERS, HIDDEN, cell), x)


@pytest.mark.points(2)
@pytest.mark.needs("test_net_gives_the_same_scores_twice")
def test_net_reads_the_text_letter_by_letter(student, probes, x, other_letter):
    for cell in CELLS:
        probes.reads_in_time_order(student.Net(LETTERS, HIDDEN, cell), x, substitute=other_letter)
