"""An LSTM cell by hand: odd right styles pass, each mistake gets its name."""

from __future__ import annotations

import pytest

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from tests.fakes import student_of

VERBS = ("lstm_cell_follows_formula", "lstm_cell_carries_gradients", "lstm_cell_is_written_by_hand")
HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n"
DEFINED = "def lstm_cell(x, h, c, W_ih, W_hh, b_ih, b_hh):\n"
RIGHT = """    s = x @ W_ih.T + b_ih + h @ W_hh.T + b_hh
    i, f, g, o = s.chunk(4, dim=1)
    i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
    c = f * c + i * g
    h = o * torch.tanh(c)
    return h, c
"""


def found(source: str) -> str | None:
    student, draw = student_of(HEAD + source)
    probes = Probes(draw)
    try:
        for verb in VERBS:
            getattr(probes, verb)(student.lstm_cell)
    except Finding as finding:
        return finding.code
    return None


@pytest.mark.parametrize(
    "source",
    [
        DEFINED + RIGHT,
        DEFINED
        + """    H = c.shape[-1]
    a = F.linear(x, W_ih, b_ih) + F.linear(h, W_hh, b_hh)
    gate = lambda k: a[:, k * H : (k + 1) * H]
    memory = gate(1).sigmoid().mul(c) + gate(0).sigmoid().mul(gate(2).tanh())
    return [gate(3).sigmoid() * memory.tanh(), memory]
""",
        """class lstm:
    def __call__(self, x, h, c, W_ih, W_hh, b_ih, b_hh, sigma=lambda z: 1 / (1 + (-z).exp())):
        W, b = torch.cat((W_ih, W_hh), dim=1), b_ih + b_hh
        rows = torch.einsum("gk,nk->gn", W, torch.hstack([x, h])) + b.unsqueeze(1)
        i, f, g, o = rows.unflatten(0, (4, -1)).unbind(0)
        c = sigma(f) * c.T + sigma(i) * (2 * sigma(2 * g) - 1)
        return (sigma(o) * c.tanh()).T, c.T.contiguous()
lstm_cell = lstm()
""",
        DEFINED
        + """    x, h, c, W_ih, W_hh, b_ih, b_hh = (v.float() for v in (x, h, c, W_ih, W_hh, b_ih, b_hh))
    new_h, new_c = torch.empty_like(h), torch.empty_like(c)
    i, f, g, o = [x @ U.T + p + h @ V.T + q for U, V, p, q in
        zip(W_ih.chunk(4), W_hh.chunk(4), b_ih.chunk(4), b_hh.chunk(4))]
    new_c = torch.addcmul(f.sigmoid() * c, i.sigmoid(), g.tanh())
    return o.sigmoid() * new_c.tanh(), new_c
""",
    ],
)
def test_the_cell_may_be_written_in_any_way(source: str) -> None:
    assert found(source) is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("i, f, g, o = s.", "f, i, g, o = s.", "lstm.forget_and_input_swapped"),
        ("i, f, g, o = s.", "i, f, o, g = s.", "lstm.gate_order"),
        ("i, f, g, o = s.", "f, g, i, o = s.", "lstm.gate_order"),
        ("i, f, g, o = s.", "o, f, i, g = s.", "lstm.gate_order"),
        ("f * c + i * g", "c + i * g", "lstm.gate_missing"),
        ("f * c + i * g", "f * c + g", "lstm.gate_missing"),
        ("h = o * torch.tanh(c)", "h = torch.tanh(c)", "lstm.gate_missing"),
        ("f * c + i * g", "i * g", "lstm.cell_not_carried"),
        ("h = o * torch.tanh(c)", "h = o * c", "lstm.cell_tanh_missing"),
        (
            "    c = f * c + i * g\n    h = o * torch.tanh(c)\n",
            "    h = o * torch.tanh(c)\n    c = f * c + i * g\n",
            "lstm.output_gate_on_old_cell",
        ),
        ("torch.tanh(g)", "torch.sigmoid(g)", "lstm.candidate_not_tanh"),
        ("torch.tanh(g)", "g", "lstm.candidate_not_tanh"),
        ("return h, c", "return c, h", "lstm.states_swapped"),
        (" + b_ih", "", "lstm.bias_missing"),
        (" + b_hh", "", "lstm.bias_missing"),
        (" + h @ W_hh.T", "", "lstm.state_ignored"),
        ("torch.sigmoid(f)", "torch.tanh(f)", "lstm.differs"),
        ("return h, c", "return h", "shape.wrong"),
        ("return h, c", "return h.T, c.T", "shape.axes_swapped"),
        ("chunk(4, dim=1)", "chunk(4, dim=0)", "call.failed"),
        ("    c = f * c + i * g", "    c *= f\n    c += i * g", "input.mutated"),
        ("i * g", "i * g.detach()", "grad.graph_cut"),
        ("return h, c", "return h.detach(), c", "grad.graph_cut"),
    ],
)
def test_each_mistake_has_its_name(old: str, new: str, code: str) -> None:
    assert RIGHT.count(old) == 1
    assert found(DEFINED + RIGHT.replace(old, new)) == code


def test_the_ready_made_cell_is_not_by_hand() -> None:
    body = """    cell = nn.LSTMCell(x.size(1), h.size(1)).to(x.dtype)
    weights = {"weight_ih": W_ih, "weight_hh": W_hh, "bias_ih": b_ih, "bias_hh": b_hh}
    return torch.func.functional_call(cell, weights, (x, (h, c)))
"""
    assert found(DEFINED + body) == "answer.not_by_hand"
