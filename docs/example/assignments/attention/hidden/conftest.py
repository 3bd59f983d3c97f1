"""What every check of this lesson begins with: a call, and two tensors of the promised sizes."""

import pytest
import torch

from grader.judge.finding import Finding


@pytest.fixture
def batch(draw):
    """query (2, 3, 4), key (2, 5, 4), value (2, 5, 6): no two axes have the same size."""
    return draw.normal(2, 3, 4).float(), draw.normal(2, 5, 4).float(), draw.normal(2, 5, 6).float()


@pytest.fixture
def attend(student):
    """`attend(query, key, value, mask)`: the output and the weights that the notebook's function gives."""

    def attend(query, key, value, *mask):
        answer = student.attention(query, key, value, *mask)
        pair = answer if isinstance(answer, tuple | list) else [answer]
        wanted = [(*query.shape[:2], value.shape[2]), (*query.shape[:2], key.shape[1])]
        got = [tuple(p.shape) if isinstance(p, torch.Tensor) else type(p).__name__ for p in pair]
        if got != wanted:
            facts = {
                "name": "attention",
                "expected": " and ".join(map(str, wanted)),
                "got": " and ".join(map(str, got)),
            }
            raise Finding("shape.wrong", facts=facts, about="attention")
        return pair

    return attend


@pytest.fixture
def visible(draw):
    """A mask (2, 3, 5): each query sees two keys or three, and one key of each row is seen by none."""
    mask = torch.zeros(2, 3, 5, dtype=torch.bool)
    for row in mask:
        some = draw("mask").permutation(5)[1:]
        for seen in row:
            seen[torch.from_numpy(draw("mask").permutation(some)[: int(draw.integers(2, 4, 1))])] = True
    return mask
