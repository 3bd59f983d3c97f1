"""The anchor: numbers that only the formula gives. Other formulas pass the public checks, too."""

import pytest
import torch
from torch.nn.functional import normalize


def attended(query, key, value, mask=None, *, scale=None, again=False):
    """(output, weights) by the formula, or by one that is wrong in a known way."""
    scores = query @ key.mT / (query.shape[-1] ** 0.5 if scale is None else scale)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    weights = scores.softmax(-1)
    if again:
        weights = weights.softmax(-1)
    return weights @ value, weights


@pytest.mark.points(2)
@pytest.mark.needs("test_the_order_of_the_keys_changes_nothing")
def test_attention_follows_the_formula(attend, draw, probes):
    # D = 7, so that its root, D itself and the root of the number of keys all lie well apart.
    query, key, value = (
        draw.normal(2, 3, 7).float(),
        draw.normal(2, 5, 7).float(),
        draw.normal(2, 5, 4).float(),
    )
    output, weights = attend(query, key, value)
    wrong = {
        "attention.scale_missing": attended(query, key, value, scale=1),
        "attention.scale_by_d": attended(query, key, value, scale=7),
        "attention.scale_of_another_axis": attended(query, key, value, scale=5**0.5),
        "attention.softmax_twice": attended(query, key, value, again=True),
        "attention.cosine": attended(normalize(query, dim=-1), normalize(key, dim=-1), value),
    }
    for place, got in enumerate((output, weights)):
        probes.matches(
            got,
            attended(query, key, value)[place],
            name="attention",
            wrong=[(code, pair[place]) for code, pair in wrong.items()],
            differs="attention.differs",
        )


@pytest.mark.points(2)
@pytest.mark.needs("test_attention_follows_the_formula", "test_masked_keys_get_no_weight")
def test_masked_keys_and_values_teach_nothing(student, attend, batch, visible, probes):
    output, weights = attend(*batch, visible)
    for got, right in zip((output, weights), attended(*batch, visible), strict=True):
        probes.matches(got, right, name="attention", differs="attention.differs")
    # What no query may look at gets a gradient of exactly 0, all else that of the formula.
    probes.gradients_match(
        student.attention, *batch, visible, right=attended, names=("query", "key", "value", "mask")
    )
