"""What bears out a recording: right loops of every style teach a layer of ours, and noise does not."""

from __future__ import annotations

import pytest
import torch

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.probes.teaching import Shown, examples, walks
from tests.fakes import student_of
from tests.probes.loops import LOOP, NET, STYLES

LETTERS = 6
BUDGETS = ((40, 0.1), (200, 0.5), (100, 0.01))
UNDONE = LOOP.replace("    return losses", "    spoil(net)\n    return losses")
NOTHING = """
def train(net, X, Y, iterations=100, learning_rate=0.1):
    spoil(net)
    return [1.0, 0.5] * iterations
"""
SPOIL = """
def spoil(net):
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(0.3 * torch.randn(parameter.shape))
"""
OWN_ONLY = LOOP.replace("out = net(X)", "out = net.fc(net.rnn(X)[0])")
"""Trains the notebook's own network, and no layer of ours."""


def found(source: str, *, own: bool = False, shown: Shown | None = None) -> str | None:
    student, draw = student_of(NET + SPOIL + source, key=b"teaching")
    if shown is None:
        layer, shown = student.Net.stand_in("Linear", LETTERS, LETTERS), walks(LETTERS, 60, draw)
    else:
        numbers = shown.wanted[0].is_floating_point()
        layer = student.Net.stand_in("Classifier", shown.rows.shape[1], 1 if numbers else 4)
    mine = student.Net(LETTERS, 16) if own else None
    try:
        Probes(draw).teaches(student.train, layer, shown, budgets=BUDGETS, own=mine)
    except Finding as finding:
        return finding.code
    return None


@pytest.mark.parametrize("style", [LOOP, *STYLES.values()], ids=["adam", *STYLES])
def test_right_loops_of_every_style_teach(style: str) -> None:
    assert found(style, own=True) is None


@pytest.mark.parametrize("source", [UNDONE, NOTHING, OWN_ONLY], ids=["undone", "nothing", "own only"])
def test_what_teaches_no_layer_is_found(source: str) -> None:
    assert found(source) == "accuracy.low"


@pytest.mark.parametrize("change", ["Y.roll(1, 1)", "Y.roll(-1, 1)"], ids=["late", "early"])
def test_what_is_taught_is_the_business_of_others(change: str) -> None:
    assert found(LOOP.replace("loss_of(out, Y)", f"loss_of(out, {change})")) is None


def test_a_loop_for_the_notebooks_own_network_may_teach_that() -> None:
    assert found(OWN_ONLY, own=True) is None
    undone = OWN_ONLY.replace("    return losses", "    spoil(net)\n    return losses")
    assert found(undone, own=True) == "accuracy.low"


def of_numbers() -> Shown:
    x = torch.randn(80, 5, 2, generator=torch.Generator().manual_seed(1))
    return examples(x, x[:, -1:, 0] - x[:, -1:, 1])


def of_classes() -> Shown:
    x = torch.rand(90, 4, 4, generator=torch.Generator().manual_seed(2))
    return examples(x, x[:, :, 0].argmax(1))


@pytest.mark.parametrize("shown", [of_numbers(), of_classes()], ids=["numbers", "classes"])
def test_numbers_and_classes_are_taught_and_not_by_noise(shown: Shown) -> None:
    loop = LOOP
    if shown.wanted[0].is_floating_point():
        loop = LOOP.replace("loss_of(out, Y)", "F.mse_loss(out, Y)")
    assert found(loop, shown=shown) is None
    assert found(loop.replace("    return losses", "    spoil(net)\n    return losses"), shown=shown) == (
        "accuracy.low"
    )


def test_weights_that_never_came_are_no_lesson() -> None:
    source = "def train(net, X, Y, iterations=100, learning_rate=0.1):\n    raise ValueError('no')"
    assert found(source) == "accuracy.low"


@pytest.mark.parametrize(
    "change",
    [
        "bias.data = torch.zeros(LETTERS + 1)",
        "bias.data = torch.zeros(1)",
        "weight.data = torch.zeros(0, LETTERS); net.bias.data = torch.zeros(0)",
        "weight.data = torch.zeros(1, LETTERS); net.bias.data = torch.zeros(1)",
        "weight = nn.Parameter(torch.ones(LETTERS, LETTERS, dtype=torch.bool), requires_grad=False)",
    ],
)
def test_weights_that_fit_no_such_layer_teach_nothing(change: str) -> None:
    source = UNDONE.replace("spoil(net)", f"net.{change}".replace("LETTERS", str(LETTERS)))
    assert found(source) == "accuracy.low"


@pytest.mark.parametrize("end", ["out > 0", "out.long()", "out[..., :0]"])
def test_scores_that_are_none_teach_nothing(end: str) -> None:
    answer = "return self.fc(self.rnn(x)[0])"
    unscored = f"out = self.fc(self.rnn(x)[0])\n        return out if self.training else {end}"
    assert found(NET.replace(answer, unscored) + OWN_ONLY, own=True) == "accuracy.low"
