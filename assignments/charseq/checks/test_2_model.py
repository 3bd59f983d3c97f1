"""`CharModel`: scores for every letter at every step, from the letters read so far."""

import pytest

LETTERS, HIDDEN = 7, 8
SCORES = "test_model_scores_every_letter_at_every_step"


@pytest.mark.points(1)
def test_model_scores_every_letter_at_every_step(student, probes, x):
    axes = ("@axis.batch", "@axis.step", "@axis.vocabulary")
    probes.has_shape(student.CharModel(LETTERS, HIDDEN), x, shape=(3, 5, LETTERS), axes=axes)


@pytest.mark.points(1)
@pytest.mark.needs(SCORES)
def test_model_takes_any_number_of_texts(student, probes, x):
    probes.takes_any_batch_size(student.CharModel(LETTERS, HIDDEN), x)


@pytest.mark.points(1)
@pytest.mark.needs("test_model_takes_any_number_of_texts")
def test_model_gives_the_same_scores_twice(student, probes, x):
    probes.gives_same_answer(student.CharModel(LETTERS, HIDDEN), x)


@pytest.mark.points(2)
@pytest.mark.needs("test_model_gives_the_same_scores_twice")
def test_model_reads_each_text_letter_by_letter(student, probes, x, other_letter):
    probes.reads_in_time_order(student.CharModel(LETTERS, HIDDEN), x, substitute=other_letter)
