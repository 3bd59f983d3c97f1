"""Text into pairs, scores into text, kinds of cells: every usual way passes, each mistake gets its name."""

from __future__ import annotations

import pytest

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from tests.fakes import student_of

HEAD = "import numpy as np\nimport torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def pairs(body: str) -> str | None:
    source = f"{HEAD}def make_dataset(text, char_set):\n    n = [list(char_set).index(c) for c in text]\n"
    for key in (b"a", b"b"):
        student, draw = student_of(source + f"    return {body}\n", key=key)
        try:
            Probes(draw).next_letters(student.make_dataset)
        except Finding as finding:
            return finding.code
    return None


def spelt(body: str) -> str | None:
    source = f"{HEAD}def predict(net, X, char_set):\n    with torch.no_grad():\n        out = net(X)\n"
    for key in (b"a", b"b"):
        student, draw = student_of(source + f"    return {body}\n", key=key)
        try:
            Probes(draw).predicts_letters(student.predict)
        except Finding as finding:
            return finding.code
    return None


ONE_HOT = "torch.eye(len(char_set))"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (f"{ONE_HOT}[n[:-1]][None], torch.tensor(n[1:])[None]", None),
        (f"[{ONE_HOT}[torch.tensor([n[:-1]])], torch.tensor([n[1:]])]", None),
        ("np.eye(len(char_set))[None, n[:-1]], np.array([n[1:]])", None),
        ("F.one_hot(torch.tensor([n[:-1]]), len(char_set)).float(), torch.tensor([n])[:, 1:]", None),
        (f"{ONE_HOT}[n[:-1]][None], torch.tensor([n[:-1]])", "train.target_not_shifted"),
        (f"{ONE_HOT}[n[1:]][None], torch.tensor([n[1:]])", "train.target_not_shifted"),
        (f"{ONE_HOT}[n[1:]][None], torch.tensor([n[:-1]])", "train.target_shifted_wrong_way"),
        (f"{ONE_HOT}[n[:-1]][None], torch.tensor([n[-1:] + n[:-2]])", "train.target_shifted_wrong_way"),
        (f"{ONE_HOT}[n[:-1]][None], torch.tensor([n[2:] + n[:1]])", "text.letters_wrong"),
        (f"{ONE_HOT}[n[:-1]].squeeze()[None], torch.tensor([n[1:]])", "shape.batch_lost"),
        (f"{ONE_HOT}[n[:-2]][None], torch.tensor([n[2:]])", "shape.wrong"),
        (f"{ONE_HOT}[n][None], torch.tensor([n])", "shape.wrong"),
        (f"{ONE_HOT}[n[:-1]], torch.tensor(n[1:])", "shape.batch_lost"),
        (f"{ONE_HOT}[n[:-1]][None], torch.tensor(n[1:])", "shape.batch_lost"),
        (f"{ONE_HOT}[n[:-1]][:, None], torch.tensor([n[1:]])", "shape.axes_swapped"),
        (f"{ONE_HOT}[n[:-1]][None], torch.tensor([n[1:]]).float()", "dtype.wrong"),
        (f"{ONE_HOT}[n[:-1]][None].long(), torch.tensor([n[1:]])", "dtype.wrong"),
        ("torch.tensor([n[:-1]]), torch.tensor([n[1:]])", "encode.wrong"),
        (f"{ONE_HOT}[n[:-1]][None].flip(2), torch.tensor([n[1:]])", "encode.wrong"),
        (f"{ONE_HOT}[n[:-1]][None]", "reply.malformed"),
    ],
)
def test_pairs_of_letters(body: str, code: str | None) -> None:
    assert pairs(body) == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("[''.join(char_set[i] for i in row) for row in out.argmax(2)]", None),
        ("[''.join(char_set[i] for i in row) for row in out.softmax(-1).max(-1)[1].tolist()]", None),
        ("tuple([char_set[i] for i in row] for row in out.numpy().argmax(axis=-1))", None),
        ("[''.join(np.array(list(char_set))[out.argmax(2).numpy()][b]) for b in range(len(X))]", None),
        ("[''.join(char_set[i] for i in row) for row in out.argmax(1)]", "text.argmax_axis"),
        ("[''.join(char_set[i] for i in row) for row in out.argmax(0)]", "text.argmax_axis"),
        ("[''.join(char_set[i] for i in row) for row in out.argmin(2)]", "text.letters_wrong"),
        ("[''.join(sorted(char_set)[i] for i in row) for row in out.argmax(2)]", "text.letters_wrong"),
        ("[''.join(char_set[i] for i in row) for row in X.argmax(2)]", "text.letters_wrong"),
        ("[''.join(char_set[i] for i in row[:-1]) for row in out.argmax(2)]", "text.wrong_length"),
        ("[''.join(char_set[i] for i in out.argmax(2).flatten())]", "text.wrong_length"),
        ("[''.join(char_set[i] for i in out[0].argmax(1))]", "text.wrong_length"),
        ("out.argmax(2).tolist()", "reply.malformed"),
        ("out.argmax(2)", "reply.malformed"),
    ],
)
def test_scores_spelt(body: str, code: str | None) -> None:
    assert spelt(body) == code


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        ("{'rnn': nn.RNN, 'lstm': nn.LSTM, 'gru': nn.GRU}[cell]", None),
        ("getattr(nn, cell.upper() + 'Cell')", None),
        ("nn.RNN", "model.argument_ignored"),
        ("nn.LSTM if cell == 'lstm' else nn.RNN", "model.argument_ignored"),
        ("nn.LSTM if cell != 'rnn' else nn.RNN", "model.argument_ignored"),
    ],
)
def test_kinds_of_cells(layer: str, code: str | None) -> None:
    source = f"{HEAD}class Net(nn.Module):\n    def __init__(self, i, h, cell='rnn'):\n"
    source += f"        super().__init__()\n        self.r, self.fc = ({layer})(i, h), nn.Linear(h, i)\n"
    student, draw = student_of(source)
    nets = [student.Net(5, 8, cell=cell) for cell in ("rnn", "gru", "lstm")]
    found = None
    try:
        Probes(draw).grows_with_argument(*nets, argument="cell")
    except Finding as finding:
        found = finding.code
    assert found == code
