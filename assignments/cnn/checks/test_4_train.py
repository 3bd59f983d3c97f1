"""`train`: what each step does to the weights."""

import pytest


@pytest.mark.points(1)
@pytest.mark.prefers("test_cnn_takes_any_number_of_images_and_answers_the_same_twice")
def test_each_step_of_train_moves_every_weight(student, probes, learner, pairs):
    probes.moves_every_weight(student.train, learner, pairs.images, pairs.labels, 3, 0.001)
