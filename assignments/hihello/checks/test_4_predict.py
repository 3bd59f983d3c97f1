"""`predict`: from scores to letters."""

import pytest


@pytest.mark.points(2)
def test_predict_spells_the_likeliest_letters(student, probes):
    probes.predicts_letters(student.predict)
