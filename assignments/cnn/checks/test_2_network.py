"""`CNN`: scores for each image, and the sizes on the way."""

import pytest

from grader.judge.probes.inside import Plan

PLAN = Plan((1, 28, 28), [(32, 28, 28), (64, 14, 14)], [(32, 14, 14), (64, 7, 7)])


@pytest.mark.points(1)
def test_cnn_scores_each_image(student, probes, images):
    probes.classifies_images(student.CNN(), images, classes=10)


@pytest.mark.points(1)
@pytest.mark.needs("test_cnn_scores_each_image")
def test_cnn_takes_any_number_of_images_and_answers_the_same_twice(student, probes, images):
    probes.takes_any_batch_size(student.CNN(), images)
    probes.gives_same_answer(student.CNN(), images)


@pytest.mark.points(2)
@pytest.mark.needs("test_cnn_scores_each_image")
def test_cnn_has_the_sizes_of_the_plan(student, probes, images):
    probes.has_sizes_inside(student.CNN(), images, PLAN)
