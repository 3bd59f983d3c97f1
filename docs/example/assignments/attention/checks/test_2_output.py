"""The output: the mean of the values, each in its share."""

import pytest
import torch


@pytest.mark.points(1)
@pytest.mark.needs("test_each_query_shares_one_among_the_keys")
def test_the_output_is_the_mean_of_the_values(attend, batch, probes):
    query, key, _ = batch
    # Where value k is the k-th unit vector, the mean of the values is the list of their shares.
    output, weights = attend(query, key, torch.eye(5).expand(2, 5, 5))
    probes.matches(output, weights, name="attention", differs="attention.values_unused")
