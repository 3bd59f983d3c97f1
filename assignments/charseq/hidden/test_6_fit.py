"""`fit`: how long, on what, and to what end."""

import pytest

LETTERS = 9
STEPS = "test_each_step_of_fit_moves_every_weight"
WEIGHTS = "test_every_weight_counts_and_can_learn"
LANGUAGE = "test_fit_learns_the_words_of_a_new_language"
FEW = 3
"""As many texts as the notebook itself trains with."""
X, Y, EPOCHS = 0, 1, 3
"""Places among the arguments of `fit`."""


@pytest.mark.points(1)
@pytest.mark.needs(STEPS, WEIGHTS)
def test_fit_takes_as_many_epochs_as_it_is_told(student, probes, texts):
    probes.trains_as_long_as_told(student.fit, *texts, LETTERS, 1, budget=EPOCHS)


@pytest.mark.points(2)
@pytest.mark.certified_by(LANGUAGE, "test_fit_teaches_something_new")
@pytest.mark.needs(STEPS, WEIGHTS)
def test_loss_compares_each_prediction_with_its_own_target(student, probes, texts):
    probes.loss_meets_targets(student.fit, *texts, LETTERS, 2, inputs=X, targets=Y)


@pytest.mark.points(1)
@pytest.mark.needs("test_loss_compares_each_prediction_with_its_own_target")
def test_every_text_teaches(student, probes, texts):
    x, y = texts
    probes.learns_from_every_sequence(student.fit, x, y, LETTERS, 2, targets=Y, classes=LETTERS)
    probes.learns_from_few_sequences(student.fit, x[:FEW], y[:FEW], LETTERS, 10, targets=Y)


@pytest.mark.points(2)
@pytest.mark.certifies(STEPS)
@pytest.mark.needs(
    "test_every_text_teaches",
    "test_fit_takes_as_many_epochs_as_it_is_told",
    "test_the_last_letter_teaches_the_first",
)
def test_fit_learns_the_words_of_a_new_language(student, probes):
    probes.learns_language(student.fit, budgets=(60, 60, 200), cut=0.9)


@pytest.mark.points(0)
@pytest.mark.certifies(STEPS)
@pytest.mark.prefers(LANGUAGE)
def test_fit_teaches_something_new(student, probes, passed):
    if not passed(LANGUAGE):
        probes.learns_language(student.fit, budgets=(60, 60), cut=0.5)
