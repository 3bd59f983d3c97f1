"""`RecurrentNeuralNetworkClass`: scores for each image, from all of its rows."""

import pytest

SIDE, CLASSES = 6, 5


@pytest.mark.points(1)
def test_network_scores_each_image(probes, net, images):
    probes.classifies_images(net, images, classes=CLASSES)


@pytest.mark.points(1)
@pytest.mark.needs("test_network_scores_each_image")
def test_network_takes_any_number_of_images(probes, net, images):
    probes.takes_any_batch_size(net, images)


@pytest.mark.points(1)
@pytest.mark.needs("test_network_takes_any_number_of_images")
def test_network_gives_the_same_scores_twice(probes, net, images):
    probes.gives_same_answer(net, images)


@pytest.mark.points(2)
@pytest.mark.needs("test_network_gives_the_same_scores_twice")
def test_network_reads_all_rows_of_each_image(probes, net, images):
    probes.reads_whole_image(net, images, strips=SIDE)
