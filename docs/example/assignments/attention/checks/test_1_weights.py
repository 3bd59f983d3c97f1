"""The weights: shares of one, the largest for the key that matches best."""

import pytest
import torch

from grader.judge.finding import Finding


@pytest.mark.points(2)
def test_each_query_shares_one_among_the_keys(attend, batch, draw):
    _, weights = attend(*batch)
    sums = weights.sum(2)
    if not (weights >= 0).all() or not torch.allclose(sums, torch.ones(2, 3), atol=1e-4):
        over_queries = torch.allclose(weights.sum(1), torch.ones(2, 5), atol=1e-4)
        code = "attention.shares_over_queries" if over_queries else "attention.not_shares"
        facts = {"least": float(weights.min()), "sum": float(sums[0, 0])}
        raise Finding(code, facts=facts, about="attention")

    # Five keys along five axes, in a drawn order: query i points the same way as exactly one of them.
    order = torch.from_numpy(draw("order").permutation(5))
    keys = torch.eye(5)[order].expand(2, 5, 5)
    queries = 4 * torch.eye(5)[:3].expand(2, 3, 5)
    _, weights = attend(queries, keys, batch[2])
    found = weights.argmax(2)
    wanted = torch.tensor([order.tolist().index(axis) for axis in range(3)]).expand(2, 3)
    # A tie is no match: the best key has to get clearly more than the next.
    first, second = weights.topk(2, dim=2).values.unbind(2)
    if not torch.equal(found, wanted) or not (first - second > 0.1).all():
        facts = {"best": float(weights[0, 0, wanted[0, 0]]), "largest": float(weights[0, 0].max())}
        raise Finding("attention.best_match_missed", facts=facts, about="attention")
