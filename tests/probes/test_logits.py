"""A softmax, a ReLU or a sigmoid at the end of a network is seen; whatever else stands there passes."""

from __future__ import annotations

import pytest
import torch

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from tests.fakes import student_of

NET = """
import torch
from torch import nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.fc = nn.Linear(3, classes)
    def forward(self, x):
        z = self.fc(x)
        return {}
"""


def found(end: str, classes: int = 4) -> str | None:
    student, draw = student_of(NET.format(end))
    try:
        Probes(draw).returns_logits(student.Net(classes), torch.arange(30.0).reshape(2, 5, 3))
    except Finding as finding:
        return finding.code
    return None


@pytest.mark.parametrize(
    "end",
    [
        "z",
        "z.float()",
        "F.log_softmax(z, -1)",
        "z.log_softmax(-1).double()",
        "z - z.mean(-1, keepdim=True)",
        "z / z.sum(-1, keepdim=True)",
        "z.sigmoid()",
        "F.normalize(z, dim=-1)",
        "z if self.training else z.softmax(-1)",
        "z.softmax(1)",
        "F.dropout(z, 0.5, self.training)",
        "z.tanh()",
        "F.logsigmoid(z)",
        "z.softmax(-1).log()",
    ],
)
def test_scores_of_every_kind_pass(end: str) -> None:
    assert found(end) is None


def test_two_classes_pass() -> None:
    assert found("z", classes=2) is None
    assert found("z.softmax(-1)", classes=2) == "loss.softmax_before_cross_entropy"


@pytest.mark.parametrize(
    "end",
    [
        "z.softmax(-1)",
        "F.softmax(z.float(), dim=-1)",
        "F.softmax(z.float(), dim=-1).double()",
        "z.exp() / z.exp().sum(-1, keepdim=True)",
        "nn.Softmax(dim=2)(z)",
        "(z.softmax(-1), z)",
        "z.log_softmax(-1).exp()",
    ],
)
def test_a_softmax_is_seen(end: str) -> None:
    assert found(end) == "loss.softmax_before_cross_entropy"


def test_the_rows_of_all_draws_are_counted() -> None:
    student, draw = student_of(NET.format("z.softmax(-1)"))
    with pytest.raises(Finding) as caught:
        Probes(draw).returns_logits(student.Net(4), torch.arange(30.0).reshape(2, 5, 3))
    assert caught.value.facts == {"name": "Net", "returned": "probabilities", "rows": 30}


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("z", None),
        ("z.log_softmax(-1)", None),
        ("z.tanh()", None),
        ("z.sigmoid()", None),
        ("F.softplus(z)", None),
        ("F.leaky_relu(z)", None),
        ("z - z.amin(-1, keepdim=True)", None),
        ("F.dropout(z, 0.9, self.training)", None),
        ("z.relu()", "output.cut_at_zero"),
        ("F.relu6(z)", "output.cut_at_zero"),
        ("F.hardtanh(z, 0, 1)", "output.cut_at_zero"),
        ("z.clamp(min=0).float()", "output.cut_at_zero"),
    ],
)
@pytest.mark.parametrize("key", [b"a", b"b", b"c"])
def test_scores_that_are_cut_at_zero_are_seen(end: str, code: str | None, key: bytes) -> None:
    student, draw = student_of(NET.format(end), key=key)
    got = None
    try:
        Probes(draw).goes_below_zero(student.Net(6), torch.arange(-15.0, 15.0).reshape(2, 5, 3))
    except Finding as finding:
        got = finding.code
    assert got == code


SQUASHED = "output.squashed"


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("z", None),
        ("z.float()", None),
        ("z.log_softmax(-1)", None),
        ("z - z.mean(-1, keepdim=True)", None),
        ("30 * torch.tanh(z / 30)", None),
        ("2 * z.tanh()", None),
        ("z.clamp(-10, 10)", None),
        ("F.normalize(z, dim=-1)", None),
        ("F.normalize(x, dim=-1) @ F.normalize(self.fc.weight, dim=1).T", None),
        ("F.layer_norm(z, (6,))", None),
        ("F.logsigmoid(z)", None),
        ("F.softplus(z)", None),
        ("F.leaky_relu(z)", None),
        ("F.gelu(z)", None),
        ("z.softmax(-1)", None),
        ("z.softmax(-1).float()", None),
        ("z.softmax(-1).log()", None),
        ("z / z.abs().sum(-1, keepdim=True)", None),
        ("z - z.amin(-1, keepdim=True)", None),
        ("(z - z.amin(-1, keepdim=True)) / (z.amax(-1, keepdim=True) - z.amin(-1, keepdim=True))", None),
        ("z.relu()", None),
        ("z + 1e300 * z * 1e300", None),
        ("0 * z", None),
        ("z.sigmoid()", SQUASHED),
        ("z.float().sigmoid()", SQUASHED),
        ("z.tanh()", SQUASHED),
        ("z.float().tanh().double()", SQUASHED),
        ("1 / (1 + torch.exp(-z))", SQUASHED),
        ("2 * z.sigmoid() - 1", SQUASHED),
        ("F.hardtanh(z)", SQUASHED),
        ("F.softsign(z * 1e9)", SQUASHED),
        ("F.layer_norm(z, (6,), self.fc.weight[:, 0] * 0 + 1e3).sigmoid()", SQUASHED),
        ("(z.sigmoid(), z)", SQUASHED),
    ],
)
@pytest.mark.parametrize("key", [b"a", b"b", b"c"])
def test_scores_that_are_squashed_are_seen(end: str, code: str | None, key: bytes) -> None:
    student, draw = student_of(NET.format(end), key=key)
    got = None
    try:
        Probes(draw).goes_beyond_one(student.Net(6), torch.arange(-15.0, 15.0).reshape(2, 5, 3))
    except Finding as finding:
        got = finding.code
    assert got == code


@pytest.mark.parametrize(("end", "low"), [("z.sigmoid()", 0), ("z.tanh()", -1)])
def test_where_squashed_scores_lie_is_said(end: str, low: int) -> None:
    student, draw = student_of(NET.format(end))
    with pytest.raises(Finding) as caught:
        Probes(draw).goes_beyond_one(student.Net(6), torch.arange(-15.0, 15.0).reshape(2, 5, 3))
    facts = caught.value.facts
    assert (facts["low"], facts["of"]) == (low, 180)
