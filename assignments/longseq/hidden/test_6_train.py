"""`train`: how long, on what, and to what end."""

import pytest
import torch

LETTERS, HIDDEN = 6, 16
READS = "test_net_reads_each_window_by_itself"
STEPS = "test_each_step_of_train_moves_every_weight"
WEIGHTS = "test_every_weight_counts_and_can_learn"
X, Y, EPOCHS, RATE = 1, 2, 3, 4
"""Places among the arguments of `train`."""


@pytest.mark.points(1)
@pytest.mark.needs(STEPS)
@pytest.mark.prefers(READS, WEIGHTS)
def test_train_takes_as_many_epochs_as_it_is_told(student, probes, learner, windows):
    probes.trains_as_long_as_told(student.train, learner, *windows, 1, 0.05, budget=EPOCHS)
    probes.learns_at_the_rate_told(student.train, learner, *windows, 1, 0.05, rate=RATE)


@pytest.mark.points(1)
@pytest.mark.certified_by("test_train_teaches_a_layer_of_ours")
@pytest.mark.needs(STEPS)
@pytest.mark.prefers(READS, WEIGHTS)
def test_loss_compares_each_prediction_with_its_own_target(student, probes, learner, windows):
    probes.loss_meets_targets(student.train, learner, *windows, 2, 0.05, inputs=X, targets=Y)


@pytest.mark.points(1)
@pytest.mark.needs("test_loss_compares_each_prediction_with_its_own_target")
@pytest.mark.prefers(READS, WEIGHTS)
def test_every_window_teaches(student, probes, learner, windows):
    probes.learns_from_every_sequence(student.train, learner, *windows, 2, 0.05, targets=Y, classes=LETTERS)


@pytest.mark.points(1)
@pytest.mark.needs("test_every_window_teaches", "test_train_takes_as_many_epochs_as_it_is_told")
@pytest.mark.prefers(READS, WEIGHTS)
def test_training_lowers_the_loss(student, probes, learner, few_windows):
    x, y = few_windows
    rows = torch.eye(LETTERS)[x]
    probes.losses_fall(student.train, learner, x, y, 30, 0.05, inputs=X, targets=Y, asked=rows)


@pytest.mark.points(1)
@pytest.mark.needs("test_training_lowers_the_loss", "test_layers_are_stacked", READS, WEIGHTS)
def test_training_ends_at_the_text(student, probes, few_windows):
    x, y = few_windows
    rows = torch.eye(LETTERS)[x]
    probes.fits(
        student.train, student.Net(LETTERS, 24, 2), x, y, 0, 0.02,
        inputs=X, targets=Y, budget=EPOCHS, budgets=(100, 100, 300), cut=0.6, asked=rows,
    )  # fmt: skip


@pytest.mark.points(0)
@pytest.mark.certifies(STEPS)
@pytest.mark.prefers("test_training_ends_at_the_text")
def test_train_teaches_a_layer_of_ours(student, probes, passed, walk):
    layer = student.Net.stand_in("Linear", LETTERS, LETTERS, knows={"input_dim": LETTERS})
    own = student.Net(LETTERS, HIDDEN, 1) if passed(READS, WEIGHTS) else None
    probes.teaches(student.train, layer, walk, own=own, budgets=((40, 0.05), (200, 0.5), (100, 0.01)))
