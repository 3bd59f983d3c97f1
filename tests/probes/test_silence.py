"""Answers that are cut off at 0: told at every draw, and never of a network that is not."""

from __future__ import annotations

import pytest
import torch

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.probes.silence import silent_draws
from tests.fakes import student_of

NET = """
import torch
from torch import nn
import torch.nn.functional as F
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 8, batch_first=True)
        self.wide, self.fc = nn.Linear(8, 3), nn.Linear(8, 1)
        self.narrow = nn.Linear(3, 1, bias=False)
    def forward(self, x):
        h = self.rnn(x)[0][:, -1]
        return END
"""
CUT = [
    "torch.relu(self.fc(h))",
    "self.fc(h).clamp(0, 1)",
    "F.relu6(self.fc(h))",
    "F.hardtanh(self.fc(h), 0, 1)",
]
NOT_CUT = [
    "self.fc(h)",
    "torch.sigmoid(self.fc(h))",
    "F.softplus(self.fc(h))",
    "F.leaky_relu(self.fc(h))",
    "F.elu(self.fc(h))",
    "F.gelu(self.fc(h))",
    "self.fc(h).abs()",
    "self.fc(torch.relu(h))",
    "self.narrow(torch.relu(self.wide(h)))",
    "torch.tanh(self.narrow(torch.relu(self.wide(h))))",
]


@pytest.mark.parametrize("key", [bytes([n]) for n in range(5)])
@pytest.mark.parametrize("end", CUT)
def test_a_cut_at_zero_is_told_whatever_is_drawn(end: str, key: bytes) -> None:
    student, draw = student_of(NET.replace("END", end), key=key)
    with pytest.raises(Finding) as caught:
        Probes(draw).never_falls_silent(student.Net(), draw.normal(4, 6, 4))
    assert caught.value.code == "output.cut_at_zero"
    assert caught.value.facts["cut"] == "answer"


@pytest.mark.parametrize("end", NOT_CUT)
def test_other_answers_are_not(end: str) -> None:
    for key in (b"1", b"2", b"3"):
        student, draw = student_of(NET.replace("END", end), key=key)
        assert silent_draws(student.Net(), draw, draw.normal(4, 6, 4)) == 0


def test_a_single_constant_is_for_other_checks() -> None:
    student, draw = student_of(NET.replace("END", "0 * self.fc(h)"))
    assert silent_draws(student.Net(), draw, torch.zeros(4, 6, 4)) == 0
