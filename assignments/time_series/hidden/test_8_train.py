"""`train`: how long, on what, and to what end."""

import pytest

from grader.judge.probes.teaching import examples

COLUMNS = 3
READS = "test_net_reads_every_row_of_its_own_window"
STEPS = "test_each_step_of_train_moves_every_weight"
WEIGHTS = "test_every_layer_counts_and_can_learn"
FORECAST = "test_forecasts_are_better_than_yesterday"
X, Y, ITERATIONS, RATE = 1, 2, 3, 4
"""Places among the arguments of `train`."""


@pytest.mark.points(1)
@pytest.mark.needs(STEPS)
@pytest.mark.prefers(READS, WEIGHTS)
def test_train_takes_as_many_steps_as_it_is_told(student, probes, learner, windows):
    probes.trains_as_long_as_told(student.train, learner, *windows, 1, 0.05, budget=ITERATIONS)
    probes.learns_at_the_rate_told(student.train, learner, *windows, 1, 0.05, rate=RATE)


@pytest.mark.points(1)
@pytest.mark.certified_by(FORECAST, "test_train_teaches_a_layer_of_ours")
@pytest.mark.needs(STEPS)
@pytest.mark.prefers(READS, WEIGHTS)
def test_loss_draws_each_prediction_towards_its_own_target(student, probes, learner, windows):
    probes.values_meet_targets(student.train, learner, *windows, 3, 0.05, inputs=X, targets=Y)


@pytest.mark.points(1)
@pytest.mark.needs("test_loss_draws_each_prediction_towards_its_own_target")
@pytest.mark.prefers(READS, WEIGHTS)
def test_training_lowers_the_error(student, probes, learner, windows):
    x, y = windows
    above = 0.8 + 0.1 * y  # of what untrained weights say, so that there is room to learn
    probes.errors_fall(student.train, learner, x, above, 25, 0.05, inputs=X, targets=Y)


@pytest.mark.points(1)
@pytest.mark.certifies(STEPS)
@pytest.mark.needs(
    "test_training_lowers_the_error", "test_train_takes_as_many_steps_as_it_is_told", READS, WEIGHTS
)
def test_forecasts_are_better_than_yesterday(student, probes):
    net = student.Net(COLUMNS, 12, 1)
    budgets = [(100, 0.03), (150, 0.03), (500, 0.3), (500, 0.1)]
    probes.beats_yesterday(student.train, net, budgets=budgets, columns=COLUMNS)


@pytest.mark.points(0)
@pytest.mark.certifies(STEPS)
@pytest.mark.prefers(FORECAST)
def test_train_teaches_a_layer_of_ours(student, probes, passed, draw):
    if not passed(FORECAST):
        x = draw.normal(120, 6, COLUMNS, purpose="rows").float()
        y = x[:, -1:, 0] + 0.5 * x[:, -2:-1, 1]
        layer = student.Net.stand_in("Classifier", 6 * COLUMNS, 1)
        budgets = ((150, 0.03), (400, 0.3), (400, 0.05))
        probes.teaches(student.train, layer, examples(x, y), budgets=budgets)
