"""Training by the judge: a short training is enough for what learns, long ones for what learns late."""

from __future__ import annotations

import pytest
import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.probes.learning import Task
from grader.judge.student import Student
from grader.wire.requests import Train
from tests.fakes import InProcessGuest

SOURCE = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, i, c):
        super().__init__()
        self.fc = nn.Linear(i, c)
    def forward(self, x):
        return self.fc(x)
"""


def trained(source: str) -> tuple[str | None, list[int]]:
    """The code raised, and the passes of each training, on a task whose class is the largest of three."""
    guest, draw = InProcessGuest(source), Draw(b"key", "test_check")
    x = draw.normal(260, 3)
    labels = x.argmax(1)
    task = Task(
        batches=[[x[start : start + 20]] for start in range(0, 60, 20)],
        labels=[labels[start : start + 20] for start in range(0, 60, 20)],
        test=[x[60:]],
        test_labels=labels[60:],
        classes=3,
        epochs=(10, 30, 30),
        learning_rate=0.1,
        cut=0.8,
    )
    code = None
    try:
        Probes(draw).learns(Student(guest, draw).Net(3, 3), task)
    except Finding as finding:
        code = finding.code
    return code, [request.epochs for request, _ in guest.requests if isinstance(request, Train)]


def test_one_short_training_is_enough() -> None:
    assert trained(SOURCE) == (None, [10])


def test_a_slow_learner_is_given_the_long_training() -> None:
    slow = SOURCE.replace("return self.fc(x)", "return self.fc(x) - 4 * x")
    assert trained(slow) == (None, [10, 30])


def test_clumsy_first_weights_are_replaced_by_ours() -> None:
    clumsy = SOURCE.replace("nn.Linear(i, c)", "nn.Linear(i, c); nn.init.constant_(self.fc.weight, -40.0)")
    clumsy = clumsy.replace("return self.fc(x)", "return torch.tanh(self.fc(x)) * 5")
    assert trained(clumsy) == (None, [10, 30, 30])


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("self.fc(x * 0)", "accuracy.low"),
        ("self.fc(x).detach()", "grad.graph_cut"),
        ("self.fc(x)[:, :2]", "call.failed"),
        ("self.fc(x) / 0", "train.diverges"),
        ("self.fc(x) if self.training else self.fc(x) > 0", "dtype.wrong"),
        ("self.fc(x) if self.training else self.fc(x)[:, :0]", "shape.wrong"),
    ],
)
def test_what_does_not_learn_has_its_name(end: str, code: str) -> None:
    found, _ = trained(SOURCE.replace("self.fc(x)\n", f"{end}\n"))
    assert found == code


def test_labels_of_the_test_never_cross() -> None:
    guest, draw = InProcessGuest(SOURCE), Draw(b"key", "test_check")
    x, labels = draw.normal(20, 3), torch.arange(20) % 3
    task = Task([[x]], [labels], [x], labels.flip(0), 3, (1,), 0.1, 0.0)
    Probes(draw).learns(Student(guest, draw).Net(3, 3), task)
    (payload,) = [payload for request, payload in guest.requests if isinstance(request, Train)]
    assert labels.numpy().tobytes() in payload
    assert labels.flip(0).numpy().tobytes() not in payload
