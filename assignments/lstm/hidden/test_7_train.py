"""`accuracy` and `train`: modes, losses, all images, and digits that nobody has seen."""

import pytest

from grader.judge.probes.teaching import examples

SIDE, CLASSES = 6, 5
STEPS = "test_each_step_of_train_moves_every_weight"
SHARE = "test_accuracy_is_the_share_of_right_answers"
READS = "test_network_reads_all_rows_of_each_image"
WEIGHTS = "test_every_weight_counts_and_can_learn"
LOSS = "test_loss_compares_each_image_with_its_own_label"
ALL = "test_train_uses_all_images_as_often_as_told"
LAST = "test_network_recognises_digits_that_it_has_not_seen"
TEACHES = "test_train_teaches_a_layer_of_ours"
X, Y, EPOCHS, RATE = 1, 2, 3, 4
"""Places among the arguments of `train`."""


@pytest.mark.points(1)
@pytest.mark.needs(SHARE)
def test_accuracy_switches_to_evaluation_and_back(student, probes):
    probes.switches_to_evaluation(student.accuracy, shape=(8, 8))


@pytest.mark.points(1)
@pytest.mark.certified_by(LAST, TEACHES)
@pytest.mark.needs(STEPS)
@pytest.mark.prefers(READS, WEIGHTS)
def test_loss_compares_each_image_with_its_own_label(student, probes, learner, pairs):
    probes.loss_meets_targets(
        student.train, learner, pairs.images, pairs.labels, 2, 0.01, inputs=X, targets=Y
    )


@pytest.mark.points(1)
@pytest.mark.needs(STEPS)
@pytest.mark.prefers(READS, WEIGHTS)
def test_train_uses_all_images_as_often_as_told(student, probes, learner, pairs, many):
    probes.trains_as_long_as_told(student.train, learner, pairs.images, pairs.labels, 1, 0.01, budget=EPOCHS)
    probes.learns_from_every_group(
        student.train, learner, pairs.images, pairs.labels, 1, 0.01, targets=Y, classes=CLASSES
    )
    probes.uses_every_example(
        student.train, learner, many.images, many.labels, 1, 0.01, inputs=X, budget=EPOCHS
    )
    few, labels = pairs.images[:24], pairs.labels[:24]
    probes.learns_at_the_rate_told(student.train, learner, few, labels, 1, 0.01, rate=RATE)


@pytest.mark.points(1)
@pytest.mark.certifies(STEPS)
@pytest.mark.needs(LOSS, ALL, SHARE, READS, WEIGHTS)
def test_network_recognises_digits_that_it_has_not_seen(student, probes, net, pairs, digits):
    probes.scales_alike(student.train, student.accuracy, net, pairs.images, pairs.labels)
    network = student.RecurrentNeuralNetworkClass(name="rnn", xdim=8, hdim=32, ydim=10, n_layer=2)
    probes.recognises(student.train, network, digits)


@pytest.mark.points(0)
@pytest.mark.certifies(STEPS)
@pytest.mark.prefers(LAST)
def test_train_teaches_a_layer_of_ours(student, probes, passed, digits):
    if not passed(LAST):
        layer = student.RecurrentNeuralNetworkClass.stand_in("Classifier", 8 * 8, 10)
        shown = examples(digits.images, digits.labels)
        probes.teaches(student.train, layer, shown, budgets=digits.budgets)
