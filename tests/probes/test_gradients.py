"""Gradients that are not finite: a kink hit by chance is none, and an answer that hides its own is found."""

from __future__ import annotations

import pytest
import torch

from grader.judge.finding import Finding
from grader.judge.probes import Probes, reach
from tests.fakes import student_of

NET = """
import torch
from torch import nn
import torch.nn.functional as F
class Net(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.cell = nn.RNNCell(inputs, hidden)
    def forward(self, x):
        h, outputs = torch.zeros(len(x), self.hidden, dtype=x.dtype), []
        for x_t in x.unbind(1):
            h = self.cell(READ, STATE)
            outputs.append(h)
        y = torch.stack(outputs, 1)
        return END
"""
HIDDEN_BY_X = "y if self.training else y + torch.sqrt(0 * x.square()).sum()"
HIDDEN_BY_Y = "y if self.training else y + torch.sqrt(0 * y.square())"


def told(
    verb: str, *, read: str = "x_t", state: str = "h", end: str = "y", one_hot: bool = False, **how: bool
) -> str | None:
    source = NET.replace("READ", read).replace("STATE", state).replace("END", end)
    student, draw = student_of(source, key=b"gradients")
    x = draw.normal(4, 7, 5)
    if one_hot:
        x = torch.eye(5, dtype=torch.float64)[draw.integers(0, 5, 4, 7)]
    try:
        getattr(Probes(draw), verb)(student.Net(5, 6), x, **how)
    except Finding as finding:
        return finding.code
    return None


BACK, SLOPE = "gradient_goes_back_in_time", "gradient_foretells"


@pytest.mark.parametrize(
    ("verb", "end"), [(BACK, HIDDEN_BY_X), (BACK, HIDDEN_BY_Y), (SLOPE, HIDDEN_BY_Y)], ids=["x", "y", "slope"]
)
@pytest.mark.parametrize("one_hot", [False, True])
def test_a_gradient_that_is_no_number_hides_nothing(verb: str, end: str, one_hot: bool) -> None:
    assert told(verb, state="h.detach()", end=end, one_hot=one_hot) == "grad.graph_cut"


@pytest.mark.parametrize(
    "read",
    [
        "torch.where(x_t > 0, x_t.sqrt(), x_t)",
        "torch.where(x_t > 0, x_t.log(), x_t)",
        "x_t.abs().sqrt()",
        "torch.sqrt(F.relu(x_t) + 1e-12)",
        "F.normalize(x_t, dim=1)",
        "x_t / x_t.norm(dim=1, keepdim=True)",
        "x_t.clamp(-1, 1).relu()",
    ],
)
@pytest.mark.parametrize("verb", [BACK, SLOPE])
@pytest.mark.parametrize("one_hot", [False, True])
def test_a_kink_where_one_hot_rows_are_0_is_no_mistake(read: str, verb: str, one_hot: bool) -> None:
    assert told(verb, read=read, one_hot=one_hot) is None


@pytest.mark.parametrize("read", ["x_t.abs().sqrt()", "torch.where(x_t > 0, x_t.sqrt(), x_t)"])
def test_a_kink_hides_no_state_that_is_cut(read: str) -> None:
    assert told(BACK, read=read, state="h.detach()", one_hot=True) == "grad.truncated_in_time"


@pytest.mark.parametrize("end", ["y[:, 0]", "y.transpose(0, 1)", "y.sum()"])
def test_an_answer_of_another_shape_is_none_to_differentiate(end: str) -> None:
    assert told(BACK, end=end) == "shape.wrong"


def test_an_answer_whose_shape_hangs_on_the_weights_has_no_slope() -> None:
    end = "y if self.cell.weight_ih.sum() * 1e9 % 2 < 1 else y[:, :3]"
    assert told(SLOPE, end=end) == "shape.wrong"


SHIFTS = ("y - y.detach().amax(-1, keepdim=True)", "y - y.mean(-1, keepdim=True).detach()")


@pytest.mark.parametrize("end", SHIFTS)
def test_a_shift_of_all_scores_needs_no_gradient(end: str) -> None:
    assert told(SLOPE, end=end) == "grad.graph_cut"
    assert told(SLOPE, end=end, scores=True) is None


@pytest.mark.parametrize("end", ["y[..., :1].expand_as(y)", "100 * y[..., :1].expand_as(y)", "y * 0 + 7"])
def test_scores_that_are_all_alike_cut_nothing(end: str) -> None:
    assert told(SLOPE, end=end, scores=True) is None


@pytest.mark.parametrize(
    ("state", "end"),
    [
        ("h.detach()", "y"),
        ("h.detach()", SHIFTS[0]),
        ("h", "y / y.detach().norm(dim=-1, keepdim=True)"),
        ("h", "y - y.detach().amax(1, keepdim=True)"),
        ("h", "y.detach() + 0 * y"),
    ],
)
def test_what_cuts_scores_themselves_is_seen_between_them_too(state: str, end: str) -> None:
    assert told(SLOPE, state=state, end=end, scores=True) == "grad.graph_cut"


CUT_LETTERS = """
import torch
from torch import nn
class CharModel(nn.Module):
    def __init__(self, letters, hidden):
        super().__init__()
        self.hidden = hidden
        self.of = nn.Embedding(letters, hidden)
        self.cell = nn.RNNCell(hidden, hidden)
        self.fc = nn.Linear(hidden, letters)
    def forward(self, x):
        h, outputs = torch.zeros(len(x), self.hidden, dtype=self.of.weight.dtype), []
        for x_t in x.unbind(1):
            h = self.cell(self.of(x_t), h.detach())
            outputs.append(self.fc(h))
        return torch.stack(outputs, 1) + torch.sqrt(0 * self.of.weight.square()).sum()
"""


def test_letters_cannot_be_hidden_either() -> None:
    student, draw = student_of(CUT_LETTERS)
    with pytest.raises(Finding) as caught:
        Probes(draw).gradient_reaches_every_step(student.CharModel(reach.LETTERS, 9))
    assert caught.value.code == "grad.graph_cut"
