"""What a network that reads a series is like: the order of its reading, what it learns and foretells."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from grader.evidence import Bars, Table
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.probes.forecast import season
from tests.fakes import student_of

NET = """
import torch
from torch import nn
import torch.nn.functional as F
class Net(nn.Module):
    def __init__(self, i, h, o, layers=1):
        super().__init__()
        self.rnn = nn.LSTM(i, h, layers, batch_first=True)
        self.fc = nn.Linear(h, o)
    def forward(self, x):
        return self.fc(self.rnn(x)[0][:, -1])
def train(net, X, Y, iterations, learning_rate):
    opt = torch.optim.Adam(net.parameters(), lr=learning_rate)
    losses = []
    for _ in range(iterations):
        loss = F.mse_loss(net(X), Y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return losses
"""
READ = "self.rnn(x)[0][:, -1]"
BUDGETS = [(80, 0.03), (80, 0.03)]


def order(source: str, key: bytes = b"test") -> Any:
    student, draw = student_of(source, key=key)
    try:
        Probes(draw).reads_oldest_first(student.Net(3, 8, 2), features=3)
    except Finding as finding:
        return finding
    return None


@pytest.mark.parametrize(
    ("read", "code"),
    [
        (READ, None),
        ("self.rnn(x)[0].mean(1)", None),
        ("self.rnn(x - x[:, :1])[0][:, -1]", None),
        ("self.rnn(x)[1][0][-1]", None),
        ("self.rnn(x)[0][:, -1] + self.rnn(x.flip(1))[0][:, -1]", None),
        ("self.rnn(x.flip(1))[0][:, -1]", "causal.reversed"),
        ("self.rnn(x[:, torch.arange(x.shape[1] - 1, -1, -1)])[1][0][-1]", "causal.reversed"),
    ],
)
def test_the_order_of_reading(read: str, code: str | None) -> None:
    for key in (b"1", b"2", b"3"):
        finding = order(NET.replace(READ, read), key)
        assert (finding.code if finding else None) == code
        if finding:
            (bars,) = finding.evidence
            assert isinstance(bars, Bars)
            assert bars.values[0] > bars.values[-1]


def falls(source: str) -> Any:
    student, draw = student_of(source)
    x, y = draw.normal(20, 5, 3), 0.8 + draw.normal(20, 1, scale=0.1)
    try:
        Probes(draw).errors_fall(student.train, student.Net(3, 8, 1), x, y, 25, 0.05, inputs=1, targets=2)
    except Finding as finding:
        return finding
    return None


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("F.mse_loss", "F.l1_loss", None),
        ("torch.optim.Adam", "torch.optim.SGD", None),
        ("return losses", "return torch.tensor(losses)", None),
        ("    losses = []", "    X, Y, losses = torch.from_numpy(X), torch.from_numpy(Y), []", None),
        ("return losses", "return None", "reply.malformed"),
        ("lr=learning_rate", "lr=1e-7", "train.too_slow"),
        ("lr=learning_rate", "lr=500.0", "train.diverges"),
        ("F.mse_loss", "-F.mse_loss", "train.diverges"),
        ("losses.append(loss.item())", "losses.append(float('nan'))", "train.diverges"),
    ],
)
def test_the_error_falls(before: str, after: str, code: str | None) -> None:
    finding = falls(NET.replace(before, after))
    assert (finding.code if finding else None) == code


def forecasts(source: str) -> tuple[Any, list[Finding]]:
    student, draw = student_of(source)
    probes = Probes(draw)
    try:
        probes.beats_yesterday(student.train, student.Net(3, 10, 1), budgets=BUDGETS)
    except Finding as finding:
        return finding, probes.remarks
    return None, probes.remarks


def test_a_right_network_beats_yesterday_without_a_remark() -> None:
    assert forecasts(NET) == (None, [])


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (READ, "self.rnn(x)[0][:, 0]", "baseline.not_beaten"),
        ("F.mse_loss(net(X), Y)", "F.mse_loss(net(X).squeeze(1), Y)", "baseline.not_beaten"),
        ("range(iterations)", "range(3)", "baseline.not_beaten"),
        (
            "return losses",
            "nn.init.constant_(net.fc.bias, float('nan'))\n    return losses",
            "train.diverges",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:Using a target size")
def test_a_wrong_one_does_not(before: str, after: str, code: str) -> None:
    finding, _ = forecasts(NET.replace(before, after))
    assert finding.code == code
    table = finding.evidence[0]
    assert isinstance(table, Table)
    assert len(table.rows) == len(BUDGETS)


def test_what_only_repeats_yesterday_gets_a_remark() -> None:
    naive = NET.replace(
        "return self.fc(self.rnn(x)[0][:, -1])",
        "return 0.7 * x[:, -1:, -1] + 0.3 * x[:, -2:-1, -1] + 0.001 * self.fc(self.rnn(x)[0][:, -1])",
    )
    finding, remarks = forecasts(naive.replace("lr=learning_rate", "lr=1e-4"))
    assert finding is None
    assert [remark.code for remark in remarks] == ["baseline.not_beaten"]
    assert 1.0 <= float(remarks[0].facts["ratio"]) <= 1.5


def test_no_test_target_is_handed_over() -> None:
    data = season(Draw(b"key", "check"), rows=60, steps=5, columns=3, tests=10)
    given = torch.cat([data.train_x.flatten(), data.train_y.flatten(), data.test_x.flatten()])
    assert not torch.isin(data.test_y.flatten(), given).any()
    assert data.train_x.shape == (55, 5, 3)
    assert torch.equal(data.train_x[1:, -1, -1], data.train_y[:-1, 0])
    assert data.yesterday() > 0.05
