"""Convolution and pooling by hand: sizes and numbers."""

import pytest


@pytest.mark.points(1)
def test_conv_output_size_counts_the_places_of_the_window(student, probes):
    probes.output_size(student.conv_output_size)


@pytest.mark.points(2)
def test_conv2d_follows_the_formula(student, probes):
    probes.convolution_follows_formula(student.conv2d)


@pytest.mark.points(1)
def test_max_pool2d_takes_the_largest_pixel(student, probes):
    probes.pool_follows_formula(student.max_pool2d, kind="max")


@pytest.mark.points(1)
def test_avg_pool2d_takes_the_mean(student, probes):
    probes.pool_follows_formula(student.avg_pool2d, kind="avg")
