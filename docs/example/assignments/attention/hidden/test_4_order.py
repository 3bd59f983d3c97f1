"""Keys and values are a set: in which order they come says nothing."""

import pytest
import torch


@pytest.mark.points(1)
@pytest.mark.needs("test_the_output_is_the_mean_of_the_values")
def test_the_order_of_the_keys_changes_nothing(attend, batch, draw, probes):
    query, key, value = batch
    output, _ = attend(query, key, value)
    other = torch.from_numpy(draw("order").permutation(4) + 1)
    other = torch.cat([other, torch.zeros(1, dtype=torch.long)])  # the first goes last, so all of it is new
    again, _ = attend(query, key[:, other], value[:, other])
    probes.matches(again, output, name="attention", differs="attention.order_matters")
