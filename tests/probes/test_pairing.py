"""What a loss is told is read from its gradient: any spelling of cross-entropy passes, mistakes are named."""

from __future__ import annotations

import pytest
import torch

from grader.evidence import HeatMap, Steps
from grader.judge.probes import Probes
from grader.judge.student import Student
from tests.probes.loops import LETTERS, LOOP, NET, STYLES, found

LOSS = "loss_of(out, Y)"


def told(probes: Probes, student: Student, x: torch.Tensor, y: torch.Tensor) -> None:
    net = student.Net(LETTERS, 8)
    probes.loss_meets_targets(student.train, net, x, y, 3, 0.1, inputs=1, targets=2)


def used(probes: Probes, student: Student, x: torch.Tensor, y: torch.Tensor) -> None:
    net = student.Net(LETTERS, 8)
    probes.learns_from_every_target(student.train, net, x, y, 3, 0.1, targets=2, classes=LETTERS)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_right_loops_of_every_style_pass(style: str) -> None:
    assert found(style, told, 2) is None
    assert found(style, used) is None


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "loss",
    [
        LOSS,
        "F.cross_entropy(out.transpose(1, 2), Y)",
        "F.nll_loss(out.log_softmax(2).flatten(0, 1), Y.flatten(), reduction='sum')",
        "F.cross_entropy(out.log_softmax(-1).reshape(-1, 5), Y.reshape(-1))",
        "-(F.one_hot(Y, 5) * out.log_softmax(-1)).sum() / len(Y)",
        "-out.softmax(-1).gather(2, Y[:, :, None]).log().mean()",
        "(out.logsumexp(-1) - out.gather(2, Y.unsqueeze(2)).squeeze(2)).mean()",
        "sum(F.cross_entropy(o, t) for o, t in zip(out.unbind(1), Y.unbind(1)))",
        "F.kl_div(out.log_softmax(2), F.one_hot(Y, 5).float(), reduction='batchmean')",
        "F.cross_entropy(out.transpose(0, 1).reshape(-1, 5), Y.T.reshape(-1))",
        "nn.CrossEntropyLoss(label_smoothing=0.1)(out.view(-1, 5), Y.view(-1))",
        "F.binary_cross_entropy_with_logits(out, F.one_hot(Y, 5).float())",
    ],
)
def test_every_spelling_of_the_loss_passes(loss: str, count: int) -> None:
    assert found(LOOP.replace(LOSS, loss), told, count) is None


def test_a_model_may_be_called_for_all_rows_at_once() -> None:
    of_cells = """
class Net(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        self.cell, self.fc, self.h = nn.Linear(i + h, h), nn.Linear(h, i), h
    def forward(self, x):
        state, found = torch.zeros(len(x), self.h), []
        for step in x.unbind(1):
            state = self.cell(torch.cat([step, state], 1)).tanh()
            found.append(self.fc(state))
        return torch.stack(found, 1)
"""
    every = "torch.vmap(lambda row: net(row[None])[0])(X)"
    loop = LOOP.replace("        out = net(X)\n", f"        out = {every}\n")
    assert found(of_cells + loop, told, 3) is None
    assert found(of_cells + loop, used) is None


@pytest.mark.parametrize(
    ("loss", "count", "codes"),
    [
        ("loss_of(out.softmax(2), Y)", 1, {"loss.softmax_before_cross_entropy"}),
        ("F.nll_loss(out.view(-1, 5), Y.view(-1))", 1, {"loss.nll_on_logits"}),
        ("F.nll_loss(out.softmax(2).view(-1, 5), Y.view(-1))", 1, {"loss.nll_on_probabilities"}),
        ("F.mse_loss(out, F.one_hot(Y, 5).float())", 1, {"loss.mse_for_classes"}),
        ("F.mse_loss(out.softmax(2), F.one_hot(Y, 5).float())", 1, {"loss.mse_for_classes"}),
        ("loss_of(out.transpose(1, 2).reshape(1, -1, 5), Y)", 1, {"loss.flatten_mismatch"}),
        ("F.cross_entropy(out.view(-1, 5, 7), Y)", 1, {"loss.flatten_mismatch"}),
        ("loss_of(out.transpose(0, 1), Y)", 3, {"loss.flatten_mismatch"}),
        ("loss_of(out, Y.T)", 3, {"loss.flatten_mismatch"}),
        ("loss_of(out, X.argmax(2))", 1, {"train.target_not_shifted"}),
        ("loss_of(out[:, 1:], X[:, :-1].argmax(2))", 1, {"train.target_shifted_wrong_way"}),
        ("loss_of(out, Y.flip(1))", 3, {"loss.wrong_pairs"}),
        ("loss_of(out, Y.roll(1, 0))", 3, {"loss.wrong_pairs"}),
        ("loss_of(out, Y * 0)", 1, {"loss.wrong_pairs"}),
        ("loss_of(out[:, -1], Y[:, -1])", 1, {"loss.not_all_steps"}),
        ("loss_of(out[:, :-1], Y[:, :-1])", 3, {"loss.not_all_steps"}),
        ("loss_of(out[0], Y[0])", 3, {"train.data_not_used"}),
        ("F.cross_entropy(out.mT, Y, ignore_index=0)", 3, {"loss.first_class_ignored"}),
        ("F.cross_entropy(out.mT, Y, ignore_index=2)", 3, {"loss.not_all_steps"}),
        ("F.cross_entropy(out.mT, Y, weight=torch.tensor([1.0, 1, 1, 1, 0]))", 3, {"loss.not_all_steps"}),
        ("out.abs().sum() + 0 * loss_of(out, Y)", 1, {"loss.differs"}),
    ],
)
def test_each_mistake_gets_its_name(loss: str, count: int, codes: set[str]) -> None:
    finding = found(LOOP.replace(LOSS, loss), told, count)
    assert finding is not None
    assert finding.code in codes


def test_a_softmax_in_the_model_is_found_too() -> None:
    model = NET.replace("return self.fc(self.rnn(x)[0])", "return self.fc(self.rnn(x)[0]).softmax(-1)")
    assert found(model + LOOP, told).code == "loss.softmax_before_cross_entropy"
    assert found(model + LOOP.replace(LOSS, "loss_of(out.log(), Y)"), told) is None
    negative = "F.nll_loss(out.view(-1, 5), Y.view(-1))"
    assert found(model + LOOP.replace(LOSS, negative), told).code == "loss.nll_on_probabilities"


def test_log_probabilities_are_scores_as_good_as_any() -> None:
    model = NET.replace("return self.fc(self.rnn(x)[0])", "return self.fc(self.rnn(x)[0]).log_softmax(-1)")
    assert found(model + LOOP, told) is None
    assert found(model + LOOP.replace(LOSS, "F.nll_loss(out.view(-1, 5), Y.view(-1))"), told) is None


def test_what_the_loss_asked_for_is_shown() -> None:
    finding = found(LOOP.replace(LOSS, "loss_of(out, X.argmax(2))"), told)
    (steps,) = finding.evidence
    assert isinstance(steps, Steps)
    letters, right, asked = steps.tokens
    assert letters == asked != right


@pytest.mark.parametrize(
    ("loss", "code", "unused"),
    [
        ("loss_of(out[:, -1], Y[:, -1])", "loss.not_all_steps", [(0, 0), (1, 5)]),
        ("loss_of(out[:, 1:], Y[:, 1:])", "loss.not_all_steps", [(0, 0), (1, 0)]),
        ("loss_of(out[0], Y[0])", "train.data_not_used", [(1, 0), (1, 6)]),
        ("loss_of(out, X.argmax(2))", "train.data_not_used", [(0, 0), (1, 6)]),
    ],
)
def test_targets_without_influence_need_no_recording(
    loss: str, code: str, unused: list[tuple[int, int]]
) -> None:
    finding = found(LOOP.replace(LOSS, loss), used, 2)
    assert finding.code == code
    (picture,) = finding.evidence
    assert isinstance(picture, HeatMap)
    assert all(picture.values[n][t] == 0 for n, t in unused)


def test_batches_in_any_order_are_traced() -> None:
    batches = """
def train(net, X, Y, iterations=100, learning_rate=0.1):
    opt, losses = torch.optim.Adam(net.parameters(), lr=learning_rate), []
    for _ in range(iterations):
        for rows in torch.randperm(len(X)).split(2):
            loss = loss_of(net(X[rows]), Y[rows])
            opt.zero_grad()
            loss.backward()
            opt.step()
            losses.append(loss.item())
    return losses
"""
    assert found(batches, told, 5) is None
    assert found(batches, used, 5) is None
    assert found(batches.replace("Y[rows])", "Y[rows.flip(0)])"), told, 5).code == "loss.wrong_pairs"


def test_a_loop_around_forward_is_left_to_the_targets() -> None:
    around = LOOP.replace("net(X)", "net.fc(net.rnn(X)[0])")
    assert found(around, told) is None
    assert found(around, used) is None
    assert found(around.replace(LOSS, "loss_of(out[:, -1], Y[:, -1])"), used).code == "loss.not_all_steps"
