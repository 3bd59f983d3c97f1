"""Convolution and pooling by hand: what lies behind the numbers."""

import pytest

CONVOLUTION = "test_conv2d_follows_the_formula"
POOLS = ("test_max_pool2d_takes_the_largest_pixel", "test_avg_pool2d_takes_the_mean")


@pytest.mark.points(1)
@pytest.mark.needs(CONVOLUTION)
def test_conv2d_is_written_by_hand_and_carries_gradients(student, probes):
    probes.convolution_is_written_by_hand(student.conv2d)
    probes.convolution_carries_gradients(student.conv2d)


@pytest.mark.points(1)
@pytest.mark.needs(*POOLS)
def test_pools_are_written_by_hand_and_carry_gradients(student, probes):
    for pool, kind in ((student.max_pool2d, "max"), (student.avg_pool2d, "avg")):
        probes.pool_is_written_by_hand(pool)
        probes.pool_carries_gradients(pool, kind=kind)
