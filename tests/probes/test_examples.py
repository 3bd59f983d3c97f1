"""Whole examples with one answer each: classes and real numbers, in batches, told apart by the loss."""

from __future__ import annotations

import pytest

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from tests.fakes import student_of

SOURCE = """
import torch
from torch import nn
import torch.nn.functional as F
class Net(nn.Module):
    def __init__(self, size, out):
        super().__init__()
        self.rnn, self.fc = nn.GRU(size, 6, batch_first=True), nn.Linear(6, out)
    def forward(self, x):
        return self.fc(self.rnn(x)[0][:, -1])
def train(model, images, labels, epochs, learning_rate):
    opt = torch.optim.SGD(model.parameters(), lr=learning_rate)
    losses = []
    for _ in range(epochs):
        for rows in torch.randperm(len(images)).split(5):
            out, y = model(images[rows]), labels[rows]
            loss = LOSS
            opt.zero_grad()
            loss.backward()
            opt.step()
            losses.append(loss.item())
    return losses
"""


def classes(loss: str, scaled: str) -> str | None:
    """Whatever is done to the images first: the loop knows them only in another scale."""
    source = SOURCE.replace("    losses = []", f"    images, losses = {scaled}, []")
    student, draw = student_of(source.replace("LOSS", loss))
    x, y = draw.normal(10, 6, 3), draw.integers(0, 4, 10)
    try:
        Probes(draw).moves_every_weight(student.train, student.Net(3, 4), x, y, 3, 0.1)
        Probes(draw).loss_meets_targets(student.train, student.Net(3, 4), x, y, 2, 0.1, inputs=1, targets=2)
        net = student.Net(3, 4)
        Probes(draw).learns_from_every_target(student.train, net, x, y, 1, 0.1, targets=2, classes=4)
    except Finding as finding:
        return finding.code
    return None


def numbers(loss: str, *, column: bool = True) -> str | None:
    student, draw = student_of(SOURCE.replace("LOSS", loss))
    x, y = draw.normal(20, 6, 3), draw.normal(20, 1)
    y = y if column else y[:, 0]
    try:
        Probes(draw).values_meet_targets(student.train, student.Net(3, 1), x, y, 2, 0.1, inputs=1, targets=2)
    except Finding as finding:
        return finding.code
    return None


@pytest.mark.parametrize(
    ("loss", "code"),
    [
        ("F.cross_entropy(out, y)", None),
        ("-out.log_softmax(1)[torch.arange(len(y)), y].sum()", None),
        ("F.multi_margin_loss(out, y)", None),
        ("F.cross_entropy(out.softmax(1), y)", "loss.softmax_before_cross_entropy"),
        ("F.nll_loss(out, y)", "loss.nll_on_logits"),
        ("F.mse_loss(out, F.one_hot(y, 4).float())", "loss.mse_for_classes"),
        ("F.cross_entropy(out, y.roll(1))", "loss.wrong_pairs"),
        ("F.cross_entropy(out[:1], y[:1])", "train.data_not_used"),
    ],
)
@pytest.mark.parametrize("scaled", ["images", "(images - 0.5) / 0.25", "images * 2 - 1"])
def test_classes_of_examples(loss: str, code: str | None, scaled: str) -> None:
    assert classes(loss, scaled) == code


@pytest.mark.parametrize(
    ("loss", "column", "code"),
    [
        ("F.mse_loss(out, y)", True, None),
        ("F.l1_loss(out, y, reduction='sum')", True, None),
        ("F.smooth_l1_loss(out[:, 0], y)", False, None),
        ("((out.squeeze(1) - y) ** 2).mean()", False, None),
        ("((out - y) ** 2).mean()", False, "loss.broadcast"),
        ("((out[:, 0] - y) ** 2).mean()", True, "loss.broadcast"),
        ("F.mse_loss(out, y.roll(1, 0))", True, "loss.differs"),
        ("F.mse_loss(out[:1], y[:1])", True, "train.data_not_used"),
    ],
)
def test_numbers_of_examples(loss: str, column: bool, code: str | None) -> None:
    assert numbers(loss, column=column) == code
