"""What can be asked together is asked in one message, and gets the answers that it would get alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.known import Known
from grader.judge.probes import Probes
from grader.judge.student import Student
from grader.wire.requests import Call, Look
from tests.fakes import InProcessGuest

DEEP = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(3, 3) for _ in range(depth))
        self.count = 0

    def forward(self, x):
        self.count += 1
        for number, layer in enumerate(self.layers):
            x = x + torch.tanh(layer(x)){}
        return x * self.count
"""
NET = DEEP.format("")


def student(source: str, known: Known | None = None) -> tuple[Student, InProcessGuest, Draw]:
    guest, draw = InProcessGuest(source), Draw(b"key", "test_it")
    return Student(guest, draw, known), guest, draw


def test_variants_answer_as_models_with_these_weights() -> None:
    notebook, guest, draw = student(NET)
    model = notebook.Net(3).drawn(draw)
    assert model.weights is not None
    changes = [{name: value + 1} for name, value in model.weights.items()]
    cases = [[draw.normal(4, 3)], [draw.normal(2, 3)]]
    together = model.run(cases, variants=changes)
    before = len(guest.requests)
    alone = [
        answer
        for change in ({}, *changes)
        for answer in replace(model, weights=model.weights | change).run(cases)
    ]
    assert len(guest.requests) - before == 1 + len(changes)
    assert len(together) == len(alone) == 2 * (1 + len(changes))
    for one, other in zip(together, alone, strict=True):
        assert torch.equal(one.tensor(), other.tensor())


def test_each_variant_is_a_model_of_its_own() -> None:
    notebook, _, draw = student(NET)
    model = notebook.Net(2).drawn(draw)
    x = draw.normal(4, 3)
    first, again = model.run([[x]], fresh=False, variants=[{}])
    assert torch.equal(first.tensor(), again.tensor())


def test_a_variant_that_fails_fails_alone() -> None:
    fails = NET.replace("return x * self.count", "assert self.layers[0].bias[0] < 100\n        return x")
    notebook, _, draw = student(fails)
    model = notebook.Net(2).drawn(draw)
    answers = model.run([[draw.normal(4, 3)]], variants=[{"layers.0.bias": torch.full((3,), 1000.0)}, {}])
    assert [answer.error is None for answer in answers] == [True, False, True]


@pytest.mark.parametrize(("depth", "calls"), [(2, 1), (8, 1), (9, 2), (40, 5)])
def test_weights_are_disturbed_in_few_messages(depth: int, calls: int) -> None:
    notebook, guest, draw = student(NET)
    model, x = notebook.Net(depth), draw.normal(4, 3)
    model.settled(x)
    before = len([request for request, _ in guest.requests if isinstance(request, Call)])
    Probes(draw).every_weight_counts(model, x)
    assert len([request for request, _ in guest.requests if isinstance(request, Call)]) - before == calls


def test_a_network_of_a_million_weights_is_disturbed_weight_by_weight() -> None:
    wide = NET.replace("nn.Linear(3, 3)", "nn.Linear(800, 800)")
    notebook, guest, draw = student(wide)
    Probes(draw).every_weight_counts(notebook.Net(2), draw.normal(4, 800))
    calls = [len(payload) for request, payload in guest.requests if isinstance(request, Call)]
    assert len(calls) == 1 + 1 + 4
    assert max(calls) < 8 * 1_300_000


def test_a_weight_of_a_later_message_is_found_dead() -> None:
    notebook, _, draw = student(DEEP.format(" * (number != 30)"))
    with pytest.raises(Finding) as found:
        Probes(draw).every_weight_counts(notebook.Net(40), draw.normal(4, 3))
    assert found.value.code == "model.dead_parameters"
    assert found.value.facts["parameter"] == "layers.30.weight"


def test_names_of_the_contract_are_looked_up_together() -> None:
    source = "def f(x):\n    return x\n\ndef g(x):\n    return 2 * x\n\ndef own(x):\n    return 3 * x"
    notebook, guest, _ = student(source, Known(("f", "g", "missing")))
    assert (notebook.g(1), notebook.f(1), notebook.own(1), notebook.f(2)) == (2, 1, 3, 2)
    looks = [request.names for request, _ in guest.requests if isinstance(request, Look)]
    assert looks == [["f", "g", "missing"], ["own"]]
    with pytest.raises(Finding) as found:
        notebook.missing(1)
    assert found.value.code == "name.missing"
