"""`train`: what each step does to the weights."""

import pytest


@pytest.mark.points(1)
@pytest.mark.certified_by(
    "test_cnn_recognises_digits_that_it_has_not_seen", "test_train_teaches_a_layer_of_ours"
)
@pytest.mark.prefers("test_cnn_takes_any_number_of_images_and_answers_the_same_twice")
def test_each_step_of_train_moves_every_weight(student, probes, learner, pairs):
    probes.moves_every_weight(student.train, learner, pairs.images, pairs.labels, 3, 0.001)
