"""Shapes, batch sizes, determinism and order in time of modules (B, T, I) -> (outputs, status)."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.evidence import HeatMap
from grader.judge.finding import Finding
from grader.judge.probes import Probes
from tests.fakes import student_of

HEAD = "import torch\nfrom torch import nn\n"
OUTPUTS = ("@axis.batch", "@axis.step", "@axis.hidden")
LOOP = (
    HEAD
    + """
class Loop(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        self.cell, self.h = nn.RNNCell(i, h), h
        self.extra = nn.Dropout(0.5)
    def forward(self, x):
        h = torch.zeros(x.shape[0], self.h)
        outputs = []
        for t in range(x.shape[1]):
            h = self.cell(x[:, t], h)
            outputs.append(h)
        return torch.stack(outputs, 1), h[None]
def build_rnn(i, h):
    return Loop(i, h)
"""
)
STYLES = {
    "loop": LOOP,
    "built in": HEAD + "def build_rnn(i, h):\n    return nn.RNN(i, h, batch_first=True)\n",
    "relu": HEAD + "def build_rnn(i, h):\n    return nn.RNN(i, h, nonlinearity='relu', batch_first=True)\n",
    "gru": HEAD + "build_rnn = lambda i, h: nn.GRU(i, h, batch_first=True)\n",
    "class": LOOP.replace("class Loop", "class build_rnn").split("def build_rnn")[0],
    "time first inside": HEAD
    + """
class build_rnn(nn.RNN):
    def forward(self, x, h0=None):
        if h0 is None:
            h0 = torch.zeros(1, x.size(0), self.hidden_size)
        outputs, status = super().forward(x.transpose(0, 1), h0)
        return outputs.permute(1, 0, 2), status
""",
    "own weights": HEAD
    + """
class Walk(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        self.W = nn.Parameter(torch.randn(h, i) * 0.3)
        self.U = nn.Parameter(torch.randn(h, h) * 0.3)
        self.b = nn.Parameter(torch.zeros(h))
        self.h0 = nn.Parameter(torch.zeros(h))
    def forward(self, x):
        h, outputs = self.h0.expand(len(x), -1), []
        for x_t in x.unbind(1):
            h = torch.tanh(x_t @ self.W.t() + h @ self.U.t() + self.b)
            outputs.append(h)
        return [torch.stack(outputs, dim=1), h.unsqueeze(0)]
def build_rnn(input_size, hidden_size, bias=True):
    return Walk(input_size, hidden_size)
""",
    "float32 only": LOOP.replace("forward(self, x):", "forward(self, x):\n        x = x.float()"),
    "two layers, own status": HEAD
    + """
class build_rnn(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        self.rnn = nn.RNN(i, h, num_layers=2, batch_first=True, dropout=0.3)
    def forward(self, x):
        outputs, status = self.rnn(x)
        return outputs, status[-1:]
""",
}


def judge(source: str, key: bytes = b"k") -> Finding | None:
    """The first finding about the module, as a lesson asks for it."""
    student, draw = student_of(source, key=key)
    probes, x = Probes(draw), draw.normal(3, 5, 4)
    try:
        net = student.build_rnn(4, 6)
        probes.has_shape(net, x, shape=(3, 5, 6), axes=OUTPUTS, output=0)
        probes.takes_any_batch_size(net, x, output=0)
        probes.gives_same_answer(net, x, output=0)
        probes.reads_in_time_order(net, x, output=0)
        probes.status_is_last_output(net, x, hidden=6)
    except Finding as finding:
        return finding
    return None


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("key", [b"a", b"b"])
def test_right_styles_pass(style: str, key: bytes) -> None:
    found = judge(STYLES[style], key)
    assert found is None, (found.code, found.facts)


RNN = "nn.RNN(i, h, batch_first=True)"
BUILT = STYLES["built in"]
CALL = "self.cell(x[:, t], h)"
STEP, APPEND = "            h = self.cell(x[:, t], h)", "            outputs.append(h)"


@pytest.mark.parametrize(
    ("source", "find", "replace", "codes"),
    [
        (BUILT, ", batch_first=True", "", ["axis.batch_time_swapped"]),
        (BUILT, "batch_first", "bidirectional", ["shape.wrong"]),
        (BUILT, RNN, "nn.LSTM(i, h, batch_first=True)", ["shape.wrong", "reply.malformed"]),
        (BUILT, RNN, "nn.RNN(i, h, 2, batch_first=True)", ["shape.wrong"]),
        (BUILT, RNN, "nn.RNN(h, i, batch_first=True)", ["call.failed"]),
        (BUILT, RNN, "nn.Linear(i, h)", ["shape.wrong"]),
        (LOOP, "torch.zeros(x.shape[0]", "torch.zeros(3", ["batch.fixed_size"]),
        (LOOP, "torch.zeros(x.shape[0]", "torch.zeros(7", ["batch.fixed_size"]),
        (LOOP, "torch.zeros(x", "torch.randn(x", ["eval.random_initial_state"]),
        (LOOP, "stack(outputs, 1)", "stack(outputs)", ["shape.axes_swapped"]),
        (LOOP, "stack(outputs, 1)", "stack(outputs, 1).squeeze()", ["shape.batch_lost"]),
        (LOOP, "outputs.append(h)", "outputs.append(torch.dropout(h, 0.5, True))", ["eval.dropout_active"]),
        (
            LOOP,
            "outputs.append(h)",
            "outputs.append(nn.functional.dropout(h))",
            ["eval.dropout_active"],
        ),
        (LOOP, "stack(outputs, 1)", "stack(outputs, 1) @ nn.Linear(6, 6).weight", ["eval.nondeterministic"]),
        (LOOP, "outputs = []", "outputs = []; h = getattr(self, 'kept', h)", ["eval.state_carried_over"]),
        (LOOP, "outputs = []", "outputs = []; x += 1", ["input.mutated"]),
        (LOOP, "h = self.cell", "h = h.mean(0).expand_as(h); h = self.cell", ["batch.mixed"]),
        (LOOP, "x.shape[1])", "x.shape[1] - 1, -1, -1)", ["causal.sees_future"]),
        (LOOP.replace("outputs.append(h)", "outputs.insert(0, h)"), "x.shape[1])", "x.shape[1] - 1, -1, -1)",
         ["causal.reversed"]),
        (LOOP, CALL, "self.cell(x[:, t], torch.zeros_like(h))", ["recurrence.none"]),
        (LOOP, CALL, "self.cell(x.mean(1), h)", ["causal.sees_future"]),
        (LOOP, CALL, "self.cell(x[:, t], h if t % 2 else h * 0)", ["recurrence.truncated"]),
        (LOOP, CALL, "self.cell(x[:, max(t, 2)], h)", ["causal.sees_future"]),
        (LOOP, "stack(outputs, 1)", "stack([outputs[0]] + [h * 0] * 4, 1)", ["output.constant_steps"]),
        (LOOP, "stack(outputs, 1)", "stack(outputs, 1) * 0", ["output.constant"]),
        (LOOP, "stack(outputs, 1)", "stack(outputs, 1).sign().double()", ["grad.graph_cut"]),
        (LOOP, "stack(outputs, 1)", "stack(outputs, 1).long()", ["dtype.wrong", "output.constant"]),
        (LOOP, "stack(outputs, 1)", "stack(outputs, 1) / 0", ["output.nan"]),
        (LOOP, "h[None]", "outputs[0][None]", ["rnn.last_state_wrong"]),
        (LOOP, "h[None]", "h", ["shape.wrong"]),
        (LOOP, "h[None]", "h[:, None]", ["shape.axes_swapped"]),
        (LOOP, f"{STEP}\n{APPEND}", f"{APPEND}\n{STEP}", ["recurrence.output_delayed"]),
        (LOOP, "return torch.stack(outputs, 1), h[None]", "return torch.stack(outputs, 1)", ["shape.wrong"]),
        (LOOP, "x[:, t]", "x[:, t].float().double()[:, :3]", ["call.failed"]),
        (LOOP, "x[:, t]", "x[:, t].half()", ["dtype.wrong"]),
        (LOOP, "return Loop(i, h)", "return Loop(i, h).forward", ["call.failed", "reply.malformed"]),
    ],
)  # fmt: skip
def test_each_mistake_gets_its_name(source: str, find: str, replace: str, codes: list[str]) -> None:
    assert source.count(find) == 1
    source = source.replace(find, replace)
    if "'kept'" in replace:
        source = source.replace("return torch.stack", "self.kept = h; return torch.stack")
    finding = judge(source)
    assert finding is not None
    assert finding.code in codes, (finding.code, finding.facts)


VIEW = (
    HEAD
    + """
class build_rnn(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        self.rnn = nn.RNN(i, h)
    def forward(self, x):
        B, T, _ = x.shape
        outputs, status = self.rnn(GOING_IN)
        return COMING_OUT, status
"""
)


@pytest.mark.parametrize(
    ("going_in", "coming_out"),
    [
        ("x.view(T, B, -1)", "outputs.view(B, T, -1)"),
        ("x.view(T, B, -1)", "outputs.transpose(0, 1)"),
        ("x.transpose(0, 1)", "outputs.reshape(B, T, -1)"),
    ],
)
def test_view_for_transpose_is_named_and_drawn(going_in: str, coming_out: str) -> None:
    finding = judge(VIEW.replace("GOING_IN", going_in).replace("COMING_OUT", coming_out))
    assert finding is not None
    assert finding.code == "axis.view_instead_of_transpose"
    (picture,) = finding.evidence
    assert isinstance(picture, HeatMap)
    assert (len(picture.rows), len(picture.columns)) == (15, 15)
    assert picture.promised is not None
    wrong = [
        (row, column)
        for row, cells in enumerate(picture.values)
        for column, value in enumerate(cells)
        if (value > picture.threshold) != picture.promised[row][column]
    ]
    assert wrong


@settings(max_examples=6, deadline=None)
@given(
    mask=st.lists(st.booleans(), min_size=25, max_size=25),
    seed=st.integers(0, 2**31),
)
def test_any_dependence_but_the_promised_one_is_found(mask: list[bool], seed: int) -> None:
    """A net whose outputs are a chosen mixture of its inputs passes exactly where that mixture is causal."""
    chosen = torch.tensor(mask).view(5, 5)
    source = (
        HEAD
        + f"""
class build_rnn(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        self.fc = nn.Linear(i, h)
        self.mask = torch.tensor({chosen.int().tolist()})
    def forward(self, x):
        return torch.tanh(torch.einsum("ts,bsh->bth", self.mask.to(x), self.fc(x))), None
"""
    )
    student, draw = student_of(source, key=str(seed).encode())
    promised = torch.ones(5, 5).tril().bool()
    code = None
    try:
        Probes(draw).reads_in_time_order(student.build_rnn(4, 6), draw.normal(3, 5, 4), output=0)
    except Finding as finding:
        code = finding.code
    assert (code is None) == torch.equal(chosen, promised)
    assert code != "causal.sees_future" or bool((chosen & ~promised).any())
    assert (code == "output.constant") == (not chosen.any())


def test_float32_alone_is_judged_as_surely() -> None:
    """The smallest real influence stays above the tolerance in single precision, for many draws."""
    for number in range(8):
        finding = judge(STYLES["float32 only"], str(number).encode())
        assert finding is None, (number, finding.code, finding.facts)
