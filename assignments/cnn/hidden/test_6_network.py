"""`CNN`: activations and pooling, whole images, all weights."""

import pytest

from grader.judge.probes.inside import Plan
from grader.judge.probes.recognition import in_batches

PLAN = Plan((1, 28, 28), [(32, 28, 28), (64, 14, 14)], [(32, 14, 14), (64, 7, 7)])
TWICE = "test_cnn_takes_any_number_of_images_and_answers_the_same_twice"
LAST = "test_cnn_recognises_digits_that_it_has_not_seen"


@pytest.mark.points(1)
@pytest.mark.certified_by(LAST, "test_net_can_be_taught")
@pytest.mark.needs("test_cnn_has_the_sizes_of_the_plan")
def test_cnn_has_activations_and_max_pooling_between(student, probes, images):
    probes.is_not_linear_inside(student.CNN(), images, PLAN)


@pytest.mark.points(1)
@pytest.mark.needs(TWICE)
def test_cnn_reads_the_whole_image_and_no_other(student, probes, images):
    probes.reads_whole_image(student.CNN(), images, strips=7)


@pytest.mark.points(1)
@pytest.mark.needs(TWICE)
def test_every_weight_counts_and_can_learn(student, probes, images):
    probes.goes_below_zero(student.CNN(), images)
    probes.goes_beyond_one(student.CNN(), images)
    probes.every_weight_counts(student.CNN(), images)
    probes.gradient_reaches(student.CNN(), images)
    probes.gradient_foretells(student.CNN(), images, scores=True)


@pytest.mark.points(0)
@pytest.mark.certifies("test_cnn_has_the_sizes_of_the_plan")
@pytest.mark.prefers(LAST)
def test_net_can_be_taught(student, probes, passed, digits):
    if not passed(LAST):
        net = student.CNN()
        probes.learns(net, in_batches(digits, epochs=(3, 6), cut=0.3))
