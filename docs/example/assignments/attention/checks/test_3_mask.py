"""The mask: who may not be looked at has no share, and the others share all of it."""

import pytest
import torch

from grader.judge.finding import Finding


@pytest.mark.points(2)
@pytest.mark.needs("test_each_query_shares_one_among_the_keys")
def test_masked_keys_get_no_weight(attend, batch, draw):
    mask = torch.ones(2, 3, 5, dtype=torch.bool)
    for row in mask.flatten(0, 1):
        row[torch.from_numpy(draw("mask").permutation(5)[:2])] = False
    _, free = attend(*batch)
    _, weights = attend(*batch, mask)
    sums, leaked = weights.sum(2), weights[~mask]
    facts = {"leaked": float(leaked.abs().max()), "sum": float(sums[0, 0])}
    if torch.allclose(weights, free, atol=1e-6):
        code = "attention.mask_ignored"
    elif not weights[mask].any():
        code = "attention.mask_inverted"
    elif leaked.any():
        code = "attention.mask_leaks"
    elif not torch.allclose(sums, torch.ones(2, 3), atol=1e-4):
        code = "attention.mask_after_softmax"
    else:
        return
    raise Finding(code, facts=facts, about="attention")
