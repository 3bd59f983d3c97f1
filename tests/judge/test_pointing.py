"""What is underlined in the student's own lines."""

from __future__ import annotations

import pytest

from grader.judge.pointing import codes, token
from grader.report.words import Words

TRAINING = """\
def train(net, X, Y):
    # loss.backward() comes later
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    for _ in range(10):
        loss = F.cross_entropy(net(X), Y)
        loss.backward()
        optimizer.step()
""".splitlines()


@pytest.mark.parametrize(
    ("code", "line", "underlined"),
    [
        ("train.zero_grad_missing", 5, ".backward()"),
        ("train.no_backward", 6, ".step()"),
        ("train.optimizer_recreated", 2, "Adam(net.parameters()"),
        ("train.too_slow", 2, "lr=0.1"),
        ("train.epochs_ignored", 3, "range(10)"),
        ("loss.arguments_swapped", 4, "cross_entropy(net(X)"),
    ],
)
def test_the_first_line_that_it_is_about_is_marked_and_no_comment(
    code: str, line: int, underlined: str
) -> None:
    assert token(code, TRAINING) == (line, underlined)


@pytest.mark.parametrize("code", ["packing.reads_padding", "accuracy.low", "no.such_code"])
def test_nothing_is_marked_where_nothing_stands_out(code: str) -> None:
    assert token(code, TRAINING) is None


def test_every_pattern_is_for_a_finding_that_exists() -> None:
    words = Words.load(None)
    assert [code for code in codes() if not words.knows(code)] == []


def test_the_likelier_cause_is_marked_wherever_it_stands() -> None:
    lines = ["out, _ = self.rnn(x)", "return self.fc(out[:, -1])"]
    assert token("packing.reads_padding", lines) == (1, "[:, -1]")
    assert token("packing.reads_padding", lines[:1]) == (0, "self.rnn(")
