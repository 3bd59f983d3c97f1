"""`fit`: what each step does to the weights."""

import pytest

LETTERS = 7
READS = "test_model_reads_each_text_letter_by_letter"


@pytest.mark.points(2)
@pytest.mark.needs(READS)
def test_each_step_of_fit_moves_every_weight(student, probes, texts):
    probes.moves_every_weight(student.fit, *texts, LETTERS, 6)
