"""`generate`: what was written is read again."""

import pytest

from grader.judge.probes import generating

HIDDEN = 16
SAME = "test_model_gives_the_same_scores_twice"


@pytest.mark.points(3)
@pytest.mark.needs(SAME)
def test_generate_reads_what_it_has_written(student, probes):
    probes.feeds_letters_back(student.generate, student.CharModel(generating.LETTERS, HIDDEN))
