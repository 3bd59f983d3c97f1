"""`CharModel`: its weights, and how far back they can learn."""

import pytest

from grader.judge.probes import reach

LETTERS, HIDDEN = 9, 16
READS = "test_model_reads_each_text_letter_by_letter"


@pytest.mark.points(1)
@pytest.mark.needs(READS)
def test_every_weight_counts_and_can_learn(student, probes, x):
    probes.every_weight_counts(student.CharModel(LETTERS, HIDDEN), x)
    probes.gradient_reaches(student.CharModel(LETTERS, HIDDEN), x)


@pytest.mark.points(1)
@pytest.mark.needs("test_every_weight_counts_and_can_learn")
def test_the_last_letter_teaches_the_first(student, probes):
    probes.gradient_reaches_every_step(student.CharModel(reach.LETTERS, HIDDEN))
