"""Trainings do as their numbers tell them, in every style; each way not to gets its name."""

from __future__ import annotations

import pytest
import torch

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.student import Student
from tests.fakes import student_of
from tests.probes.loops import LETTERS, LOOP, STYLES, Ask, found


def budgets(probes: Probes, student: Student, x: torch.Tensor, y: torch.Tensor) -> None:
    probes.trains_as_long_as_told(student.train, student.Net(LETTERS, 8), x, y, 1, 0.1, budget=3)


def rate(probes: Probes, student: Student, x: torch.Tensor, y: torch.Tensor) -> None:
    probes.learns_at_the_rate_told(student.train, student.Net(LETTERS, 8), x, y, 1, 0.1, rate=4)


PARTS = STYLES["an optimiser for each part"]
BY_HAND = STYLES["steps by hand, gradients set to None"]
KEPT = STYLES["the best weights are kept, accuracy is looked at"]
RIGHT = {
    "the rate stands in front of the loss": LOOP.replace("lr=learning_rate", "lr=1.0").replace(
        "loss.backward()", "(learning_rate * loss).backward()"
    ),
    "a search along the line, which needs no rate": STYLES["a closure for every step"].replace(
        "lr=learning_rate, max_iter=2", 'lr=1, max_iter=8, line_search_fn="strong_wolfe"'
    ),
    "half the rate for one part": PARTS.replace(
        "[torch.optim.Adam(part.parameters(), lr=learning_rate) for part in (net.rnn, net.fc)]",
        "[torch.optim.Adam(net.rnn.parameters(), lr=learning_rate / 2), "
        "torch.optim.SGD(net.fc.parameters(), lr=learning_rate)]",
    ),
    "a rate of its own for each group": LOOP.replace(
        "Adam(net.parameters(), lr=learning_rate)",
        "SGD([{'params': net.rnn.parameters()}, {'params': net.fc.parameters(), 'lr': learning_rate / 2}], "
        "lr=learning_rate)",
    ),
    "a last look at the loss": LOOP.replace(
        "    return losses", "    losses.append(loss_of(net(X), Y).item())\n    return losses"
    ),
    "counted from 1": LOOP.replace("range(iterations)", "range(1, iterations + 1)"),
    "counted down": LOOP.replace(
        "for _ in range(iterations):", "while iterations > 0:\n        iterations -= 1"
    ),
    "three batches in each epoch": LOOP.replace(
        "        out = net(X)", "      for _ in range(3):\n        out = net(X)"
    ),
    "two passes for a step, and an optimiser for each part": PARTS.replace(
        "        for opt in opts:\n            opt.step()\n        net.zero_grad()\n",
        "        if len(losses) % 2 or len(losses) == iterations - 1:\n"
        "            for opt in opts:\n                opt.step()\n            net.zero_grad()\n",
    ),
    "two stages": LOOP.replace(
        "        out = net(X)",
        "        if len(losses) == 2: opt.param_groups[0]['lr'] /= 2\n        out = net(X)",
    ),
}


@pytest.mark.parametrize("style", [*STYLES.values(), *RIGHT.values()], ids=[*STYLES, *RIGHT])
def test_right_loops_of_every_style_pass(style: str) -> None:
    assert found(style, budgets) is None
    assert found(style, rate) is None


ONE_MORE = "range(iterations + 1)"


@pytest.mark.parametrize(
    "loop",
    [
        LOOP.replace("range(iterations)", ONE_MORE),
        LOOP.replace("for _ in range(iterations):", "while len(losses) <= iterations:"),
        PARTS.replace("range(iterations)", ONE_MORE),
        BY_HAND.replace("range(iterations)", ONE_MORE),
        KEPT.replace("range(iterations)", ONE_MORE),
        RIGHT["three batches in each epoch"].replace("range(iterations)", ONE_MORE),
    ],
)
def test_a_step_too_many_is_named(loop: str) -> None:
    finding = found(loop, budgets)
    assert finding.code == "train.steps_too_many"
    assert finding.facts["asked"] == 1


def test_a_number_that_only_a_schedule_asks_for_is_named() -> None:
    schedule = "    plan = torch.optim.lr_scheduler.LambdaLR(opt, lambda n: 1 / (n + iterations))\n"
    told = LOOP.replace("    losses = []\n", schedule + "    losses = []\n")
    told = told.replace("        opt.step()\n", "        opt.step()\n        plan.step()\n")
    assert found(told, budgets) is None
    assert found(told.replace("range(iterations)", "range(9)"), budgets).code == "train.epochs_ignored"


@pytest.mark.parametrize(
    "loop",
    [
        LOOP.replace("lr=learning_rate", "lr=0.1"),
        LOOP.replace("    losses = []\n", "    losses, learning_rate = [], 0.1\n").replace(
            "opt = torch.optim.Adam(net.parameters(), lr=learning_rate)",
            "opt = torch.optim.Adam(net.parameters())",
        ),
        BY_HAND.replace("learning_rate * p.grad", "0.1 * p.grad"),
        PARTS.replace("lr=learning_rate", "lr=learning_rate if part is net.rnn else 0.1"),
        KEPT.replace("lr=learning_rate", "lr=0.1"),
    ],
)
def test_a_rate_that_makes_no_difference_is_named(loop: str) -> None:
    finding = found(loop, rate)
    assert finding.code == "train.rate_ignored"
    assert finding.facts["rate"] == 0.1


def test_steps_that_only_every_fifth_turn_makes_are_missed() -> None:
    rare = LOOP.replace("        opt.step()\n", "        if len(losses) % 5 == 4: opt.step()\n")
    assert found(rare, budgets).code == "train.steps_missing"


@pytest.mark.parametrize("ask", [budgets, rate])
def test_weights_that_are_no_numbers_differ_from_nothing(ask: Ask) -> None:
    spoilt = LOOP.replace(
        "    return losses",
        "    with torch.no_grad():\n        net.fc.weight.fill_(float('nan'))\n    return losses",
    )
    assert found(spoilt, ask).code == "train.diverges"


STACKS = {
    "built in": "self.rnn = nn.LSTM(i, h, layers)",
    "bidirectional": "self.rnn = nn.GRU(i, h, num_layers=layers, bidirectional=True)",
    "one module for each": "self.rnn = nn.ModuleList(nn.RNN(i if n == 0 else h, h) for n in range(layers))",
    "cells": "self.rnn = nn.ModuleList(nn.GRUCell(i if n == 0 else h, h) for n in range(layers))",
    "by hand": "self.weights = nn.ParameterList(nn.Parameter(torch.randn(h, h)) for n in range(layers + 2))",
}
STACK = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, i, h, layers=1):
        super().__init__()
        {}
        self.fc = nn.Linear(h, i)
"""


def stacked(made: str) -> str | None:
    student, draw = student_of(STACK.format(made))
    nets = [student.Net(4, 5, layers) for layers in (1, 2, 3)]
    try:
        Probes(draw).stacks_layers(*nets, layers=(1, 2, 3), argument="layers")
    except Finding as finding:
        return finding.code
    return None


@pytest.mark.parametrize(
    ("made", "code"),
    [
        *((made, None) for made in STACKS.values()),
        ("self.rnn = nn.LSTM(i, h, layers, proj_size=2)", None),
        ("self.rnn = nn.GRU(i, 12, layers)", "model.argument_ignored"),
        ("self.rnn = nn.LSTM(nn.Linear(i, h).out_features, 12)", "model.argument_ignored"),
        ("self.rnn = nn.LSTMCell(i, 50 - h)", "model.argument_ignored"),
    ],
)
def test_layers_that_do_not_grow_with_their_size_are_named(made: str, code: str | None) -> None:
    student, draw = student_of(STACK.format(made))
    told = None
    try:
        Probes(draw).widens_layers(student.Net(4, 5), student.Net(4, 15), argument="h")
    except Finding as finding:
        told = finding.code
    assert told == code


@pytest.mark.parametrize("made", STACKS.values(), ids=[*STACKS])
def test_stacks_of_every_style_pass(made: str) -> None:
    assert stacked(made) is None


@pytest.mark.parametrize("style", ["built in", "bidirectional", "one module for each", "cells"])
def test_a_layer_too_many_is_named(style: str) -> None:
    made = (
        STACKS[style]
        .replace("layers)", "layers + 1)")
        .replace("num_layers=layers,", "num_layers=layers + 1,")
    )
    assert stacked(made) == "model.layer_count"


def test_the_number_of_layers_that_is_not_asked_is_named() -> None:
    assert stacked("self.rnn = nn.GRU(i, h, 2)") == "model.layer_count"
