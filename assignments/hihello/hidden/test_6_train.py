"""`train`: how long, on what, and to what end."""

import pytest

LETTERS = 6
READS = "test_net_reads_the_text_letter_by_letter"
STEPS = "test_each_step_of_train_moves_every_weight"
WEIGHTS = "test_every_weight_counts_and_can_learn"
X, Y, ITERATIONS, RATE = 1, 2, 3, 4
"""Places among the arguments of `train`."""


@pytest.mark.points(1)
@pytest.mark.needs(STEPS)
@pytest.mark.prefers(WEIGHTS)
def test_train_takes_as_many_steps_as_it_is_told(student, probes, net, pairs):
    probes.trains_as_long_as_told(student.train, net, *pairs, 1, 0.1, budget=ITERATIONS)
    probes.learns_at_the_rate_told(student.train, net, *pairs, 1, 0.1, rate=RATE)


@pytest.mark.points(2)
@pytest.mark.certified_by("test_train_teaches_a_layer_of_ours")
@pytest.mark.needs(STEPS)
@pytest.mark.prefers(WEIGHTS)
def test_loss_compares_each_prediction_with_its_own_target(student, probes, net, pairs):
    probes.loss_meets_targets(student.train, net, *pairs, 3, 0.1, inputs=X, targets=Y)


@pytest.mark.points(1)
@pytest.mark.needs("test_loss_compares_each_prediction_with_its_own_target")
@pytest.mark.prefers(WEIGHTS)
def test_every_target_teaches(student, probes, net, pairs):
    probes.learns_from_every_target(student.train, net, *pairs, 3, 0.1, targets=Y, classes=LETTERS)


@pytest.mark.points(1)
@pytest.mark.needs("test_every_target_teaches", "test_train_takes_as_many_steps_as_it_is_told")
@pytest.mark.prefers(WEIGHTS)
def test_training_lowers_the_loss(student, probes, net, pairs):
    probes.losses_fall(student.train, net, *pairs, 25, 0.1, inputs=X, targets=Y)


@pytest.mark.points(1)
@pytest.mark.needs("test_training_lowers_the_loss", "test_cell_chooses_the_kind_of_network", READS, WEIGHTS)
def test_training_ends_at_the_word(student, probes, pairs):
    for cell in ("rnn", "lstm", "gru"):
        net = student.Net(LETTERS, 16, cell)
        probes.fits(
            student.train, net, *pairs, 0, 0.1,
            inputs=X, targets=Y, budget=ITERATIONS, budgets=(100, 100, 300, 600), cut=0.85,
        )  # fmt: skip


@pytest.mark.points(0)
@pytest.mark.certifies(STEPS)
@pytest.mark.prefers("test_training_ends_at_the_word")
def test_train_teaches_a_layer_of_ours(student, probes, passed, walk):
    layer = student.Net.stand_in("Linear", LETTERS, LETTERS)
    own = student.Net(LETTERS, 16) if passed(READS, WEIGHTS) else None
    probes.teaches(student.train, layer, walk, own=own, budgets=((40, 0.1), (200, 0.5), (100, 0.01)))
