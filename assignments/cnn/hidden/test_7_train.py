"""`accuracy` and `train`: modes, losses, all images, and digits that nobody has seen."""

import pytest

from grader.judge.probes.teaching import examples

STEPS = "test_each_step_of_train_moves_every_weight"
SHARE = "test_accuracy_is_the_share_of_right_answers"
TWICE = "test_cnn_takes_any_number_of_images_and_answers_the_same_twice"
WEIGHTS = "test_every_weight_counts_and_can_learn"
LOSS = "test_loss_compares_each_image_with_its_own_label"
ALL = "test_train_uses_all_images_as_often_as_told"
LAST = "test_cnn_recognises_digits_that_it_has_not_seen"
TEACHES = "test_train_teaches_a_layer_of_ours"
X, Y, EPOCHS, RATE = 1, 2, 3, 4
"""Places among the arguments of `train`."""


@pytest.mark.points(1)
@pytest.mark.needs(SHARE)
def test_accuracy_switches_to_evaluation_and_back(student, probes):
    probes.switches_to_evaluation(student.accuracy, shape=(1, 28, 28))


@pytest.mark.points(1)
@pytest.mark.certified_by(LAST, TEACHES)
@pytest.mark.needs(STEPS)
@pytest.mark.prefers(TWICE, WEIGHTS)
def test_loss_compares_each_image_with_its_own_label(student, probes, learner, pairs):
    few, labels = pairs.images[:24], pairs.labels[:24]
    probes.loss_meets_targets(student.train, learner, few, labels, 2, 0.001, inputs=X, targets=Y)


@pytest.mark.points(1)
@pytest.mark.needs(STEPS)
@pytest.mark.prefers(TWICE, WEIGHTS)
def test_train_uses_all_images_as_often_as_told(student, probes, learner, pairs):
    few, labels = pairs.images[:16], pairs.labels[:16]
    probes.trains_as_long_as_told(student.train, learner, few, labels, 1, 0.001, budget=EPOCHS)
    probes.learns_from_every_group(
        student.train, learner, pairs.images, pairs.labels, 1, 0.001, targets=Y, classes=10, groups=3
    )
    probes.uses_every_example(
        student.train, learner, pairs.images, pairs.labels, 1, 0.001, inputs=X, budget=EPOCHS
    )
    probes.learns_at_the_rate_told(student.train, learner, few, labels, 1, 0.001, rate=RATE)


@pytest.mark.points(1)
@pytest.mark.certifies("test_cnn_has_the_sizes_of_the_plan", STEPS)
@pytest.mark.needs(LOSS, ALL, SHARE, WEIGHTS, "test_cnn_reads_the_whole_image_and_no_other")
def test_cnn_recognises_digits_that_it_has_not_seen(student, probes, pairs, digits):
    few, labels = pairs.images[:24], pairs.labels[:24]
    probes.scales_alike(student.train, student.accuracy, student.CNN(), few, labels)
    probes.recognises(student.train, student.CNN(), digits)


@pytest.mark.points(0)
@pytest.mark.certifies(STEPS)
@pytest.mark.prefers(LAST)
def test_train_teaches_a_layer_of_ours(student, probes, passed, digits):
    if not passed(LAST):
        layer = student.CNN.stand_in("Classifier", 28 * 28, 10)
        shown = examples(digits.images, digits.labels)
        probes.teaches(student.train, layer, shown, budgets=digits.budgets)
