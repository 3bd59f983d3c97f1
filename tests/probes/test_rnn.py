"""`rnn` by hand, many to one, one to many: odd right styles pass, each mistake gets its name."""

from __future__ import annotations

import pytest

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.supplied import Supplied
from tests.fakes import student_of

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
RIGHT = (
    HEAD
    + """
def rnn(x, h, W_ih, W_hh, b_ih, b_hh):
    outputs = []
    for x_t in x:
        h = torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        outputs.append(h)
    return torch.stack(outputs), h
"""
)
STYLES = {
    "preallocated": """
def rnn(x, h, W_ih, W_hh, b_ih, b_hh):
    T, B, _ = x.shape
    outputs = torch.zeros(T, B, W_hh.size(0))
    for t in range(T):
        h = F.tanh(F.linear(x[t], W_ih, b_ih) + F.linear(h, W_hh, b_hh))
        outputs[t] = h
    return outputs, h
""",
    "columns": """
def rnn(x, h, W_ih, W_hh, b_ih, b_hh):
    states = [h.T]
    for t in range(len(x)):
        states += [torch.tanh(W_ih.mm(x[t].t()) + b_ih[:, None] + W_hh.mm(states[-1]) + b_hh[:, None])]
    outputs = torch.cat([s.T.unsqueeze(0) for s in states[1:]], dim=0)
    return [outputs, outputs[-1]]
""",
    "einsum, input part first": """
def rnn(x, h, W_ih, W_hh, b_ih, b_hh, *, activation=torch.tanh):
    inputs = torch.einsum("tbi,hi->tbh", x, W_ih) + (b_ih + b_hh)
    outputs = []
    for piece in inputs.unbind(0):
        h = activation(piece + torch.einsum("bk,hk->bh", h, W_hh))
        outputs.append(h)
    return torch.stack(outputs, dim=0), outputs[-1].clone()
""",
    "one matrix": """
class Walk:
    def __call__(self, x, h, W_ih, W_hh, b_ih, b_hh):
        W, b, seen = torch.cat([W_ih, W_hh], 1), b_ih + b_hh, []
        for x_t in x:
            h = torch.addmm(b, torch.cat([x_t, h], -1), W.T).tanh()
            seen.append(h)
        return torch.stack(seen), h
rnn = Walk()
""",
    "recursion": """
def rnn(x, h, W_ih, W_hh, b_ih, b_hh):
    h = torch.tanh(torch.matmul(x[0], W_ih.transpose(0, 1)) + b_ih + torch.matmul(h, W_hh.t()) + b_hh)
    if x.shape[0] == 1:
        return h.unsqueeze(0), h
    rest, last = rnn(x[1:], h, W_ih, W_hh, b_ih, b_hh)
    return torch.cat((h[None], rest)), last
""",
    "accumulate, written tanh": """
import itertools
def rnn(x, h, W_ih, W_hh, b_ih, b_hh):
    def step(h, x_t):
        z = x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh
        return (torch.exp(2 * z) - 1) / (torch.exp(2 * z) + 1)
    outputs = list(itertools.accumulate(x, step, initial=h))[1:]
    return torch.stack(outputs), outputs[-1]
""",
    "float32 inside": """
def rnn(x, h, W_ih, W_hh, b_ih, b_hh):
    x, h, W_ih, W_hh, b_ih, b_hh = (v.float() for v in (x, h, W_ih, W_hh, b_ih, b_hh))
    outputs = torch.zeros(x.shape[0], h.shape[0], h.shape[1], dtype=torch.float32)
    for t in range(x.shape[0]):
        h = torch.tanh(x[t] @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        outputs[t] = h
    return outputs, h
""",
    "float32 buffer": """
def rnn(x, h, W_ih, W_hh, b_ih, b_hh):
    outputs = torch.zeros(x.shape[0], 3, 6, dtype=torch.float32)
    for t in range(x.shape[0]):
        h = torch.tanh(x[t] @ W_ih.T + b_ih + h.to(torch.float32) @ W_hh.T.float() + b_hh)
        outputs[t] = h
    return outputs, outputs[-1]
""",
    "float32 inside, a buffer of no dtype": """
def rnn(x, h, W_ih, W_hh, b_ih, b_hh):
    x, h, W_ih, W_hh, b_ih, b_hh = (v.float() for v in (x, h, W_ih, W_hh, b_ih, b_hh))
    outputs = torch.zeros(x.shape[0], h.shape[0], h.shape[1])
    for t in range(x.shape[0]):
        h = torch.tanh(x[t] @ W_ih.T + b_ih + h @ W_hh.T + b_hh)
        outputs[t] = h
    return outputs, h
""",
    "a cell for one step": """
def rnn(x, h, W_ih, W_hh, b_ih, b_hh):
    outputs = []
    for t in range(x.size(0)):
        h = torch.rnn_tanh_cell(x[t], h, W_ih, W_hh, b_ih, b_hh)
        outputs.append(h)
    return torch.stack(outputs), h
""",
}


def judge(source: str, key: bytes = b"k") -> str | None:
    """The code of the first of the five promises about `rnn` that is broken."""
    student, draw = student_of(source, key=key)
    probes = Probes(draw)
    try:
        probes.rnn_has_shapes(student.rnn)
        probes.rnn_follows_formula(student.rnn)
        probes.rnn_returns_last_state(student.rnn)
        probes.rnn_is_written_by_hand(student.rnn)
        probes.rnn_carries_gradients(student.rnn)
    except Finding as finding:
        return finding.code
    return None


@pytest.mark.parametrize("style", ["reference", *STYLES])
@pytest.mark.parametrize("key", [b"a", b"b"])
def test_right_styles_pass(style: str, key: bytes) -> None:
    assert judge(RIGHT if style == "reference" else HEAD + STYLES[style], key) is None


UPDATE = "h = torch.tanh(x_t @ W_ih.T + b_ih + h @ W_hh.T + b_hh)"
APPEND = "        outputs.append(h)"


@pytest.mark.parametrize(
    ("find", "replace", "code"),
    [
        ("torch.tanh(", "(", "rnn.no_tanh"),
        ("torch.tanh(", "torch.sigmoid(", "rnn.sigmoid_for_tanh"),
        ("torch.tanh(", "torch.relu(", "rnn.relu_for_tanh"),
        (" + b_ih", "", "rnn.bias_missing"),
        (" + b_hh)", ")", "rnn.bias_missing"),
        (f"{UPDATE}\n{APPEND}", f"o = {UPDATE[4:]}\n        outputs.append(o)", "rnn.state_not_carried"),
        (" + h @ W_hh.T", "", "rnn.recurrent_term_missing"),
        (" + h @ W_hh.T + b_hh)", ") + h @ W_hh.T + b_hh", "rnn.tanh_on_part"),
        ("torch.tanh(x_t @ W_ih.T + b_ih", "x_t @ W_ih.T + b_ih + torch.tanh(0", "rnn.tanh_on_part"),
        ("h @ W_hh.T", "h @ W_hh", "rnn.whh_not_transposed"),
        ("outputs = []", "outputs = []; h = torch.zeros_like(h)", "rnn.h0_ignored"),
        (f"{UPDATE}\n{APPEND}", f"outputs.append(h)\n        {UPDATE}", "rnn.output_before_update"),
        ("h = torch.tanh(x", "h[:] = torch.tanh(x", "rnn.outputs_aliased"),
        ("torch.stack(outputs), h", "torch.stack(outputs), outputs[0]", "rnn.last_state_wrong"),
        ("torch.stack(outputs), h", "torch.stack(outputs, 1), h", "shape.axes_swapped"),
        ("torch.stack(outputs), h", "torch.stack(outputs), torch.stack(outputs)[:, -1]", "shape.wrong"),
        ("torch.stack(outputs), h", "torch.stack(outputs)", "shape.wrong"),
        ("torch.stack(outputs), h", "torch.stack(outputs).detach(), h", "grad.graph_cut"),
        ("torch.stack(outputs), h", "torch.stack(outputs).data, h.data", "grad.graph_cut"),
        ("+ h @", "+ h.detach() @", "grad.truncated_in_time"),
        ("tanh(x_t", "tanh(2 * x_t", "rnn.differs"),
        ("    return", "    h = h / 0\n    return", "output.nan"),
        ("for x_t in x:", "for x_t in x.view(3, 5, 4):", "call.failed"),
        ("    outputs = []", "    raise NotImplementedError()", "notebook.not_attempted"),
        ("torch.stack(outputs), h", "torch.zeros(5, 3, 6), torch.zeros(3, 6)", "output.constant"),
        ("def rnn", "def rnm", "name.missing"),
    ],
)
def test_each_mistake_gets_its_name(find: str, replace: str, code: str) -> None:
    assert RIGHT.count(find) == 1
    assert judge(RIGHT.replace(find, replace)) == code


def test_inputs_changed_in_place_are_named() -> None:
    source = RIGHT.replace("outputs = []", "outputs = []; first = h")
    assert judge(source.replace("return", "first.zero_(); return")) == "input.mutated"


def test_the_whole_job_by_a_layer_is_not_by_hand() -> None:
    layer = (
        HEAD
        + """
def rnn(x, h, W_ih, W_hh, b_ih, b_hh):
    layer = nn.RNN(x.shape[2], h.shape[1])
    weights = dict(weight_ih_l0=W_ih, weight_hh_l0=W_hh, bias_ih_l0=b_ih, bias_hh_l0=b_hh)
    outputs, last = torch.func.functional_call(layer, weights, (x, h[None]))
    return outputs, last[0]
"""
    )
    assert judge(layer) == "answer.not_by_hand"
    direct = (
        HEAD
        + """
def rnn(x, h, *weights):
    outputs, last = torch.rnn_tanh(x, h[None], weights, True, 1, 0.0, False, False, False)
    return outputs, last[0]
"""
    )
    assert judge(direct) == "answer.not_by_hand"
    operator = direct.replace("torch.rnn_tanh", "torch.ops.aten.rnn_tanh")
    assert judge(operator) == "answer.not_by_hand"


TO_ONE = """
def many_to_one(rnn, x):
    outputs, status = rnn(x)
    return outputs[:, -1]
def build_rnn(i, h):
    return nn.RNN(i, h, batch_first=True)
"""


def many_to_one(body: str) -> str | None:
    student, draw = student_of(HEAD + TO_ONE.replace("outputs[:, -1]", body))
    probes = Probes(draw)
    try:
        for module in (Supplied("RNN", (4, 6)), Supplied("GRU", (5, 7)), student.build_rnn(4, 6)):
            probes.takes_last_step(student.many_to_one, module)
    except Finding as finding:
        return finding.code
    return None


@pytest.mark.parametrize(
    "body",
    [
        "outputs[:, -1]",
        "status[-1]",
        "status.squeeze(0)",
        "outputs.transpose(0, 1)[-1]",
        "outputs[:, x.shape[1] - 1, :]",
        "torch.stack([row[-1] for row in outputs])",
        "outputs.flip(1)[:, 0].contiguous()",
        "outputs.gather(1, torch.full((len(x), 1, outputs.shape[2]), x.size(1) - 1)).squeeze(1)",
        "outputs[:, -1].float()",
    ],
)
def test_every_way_to_the_last_step_passes(body: str) -> None:
    assert many_to_one(body) is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("outputs[:, 0]", "output.first_step_only"),
        ("outputs[-1]", "shape.wrong"),
        ("outputs", "shape.wrong"),
        ("outputs[-1][:3]", "batch.mixed"),
        ("outputs.mean(1)", "rnn.last_state_wrong"),
        ("outputs[:, -1].squeeze()", "shape.batch_lost"),
        ("outputs[:, 1]", "output.steps_ignored"),
        ("torch.zeros(x.shape[0], outputs.shape[2])", "output.constant"),
        ("status", "shape.wrong"),
        ("rnn(x[:, -1:])[0][:, -1]", "output.last_step_only"),
        ("rnn(x.transpose(0, 1).reshape(3, 5, -1))[0][:, -1]", "axis.view_instead_of_transpose"),
    ],
)
def test_every_wrong_step_gets_its_name(body: str, code: str) -> None:
    assert many_to_one(body) == code


TO_MANY = (
    HEAD
    + """
def one_to_many(cell, x0, steps):
    h, x, outputs = torch.zeros(x0.shape[0], cell.hidden_size), x0, []
    for _ in range(steps):
        h = cell(x, h)
        outputs.append(h)
        x = h
    return torch.stack(outputs, 1)
"""
)


def one_to_many(source: str, key: bytes) -> str | None:
    student, draw = student_of(source, key=key)
    try:
        Probes(draw).feeds_itself(student.one_to_many)
    except Finding as finding:
        return finding.code
    return None


@pytest.mark.parametrize(
    ("find", "replace", "code"),
    [
        ("steps", "steps", None),
        ("torch.zeros(x0.shape[0], cell.hidden_size)", "torch.zeros_like(x0)", None),
        ("torch.zeros(x0.shape[0], cell.hidden_size)", "None", None),
        ("torch.stack(outputs, 1)", "torch.stack(outputs).transpose(0, 1)", None),
        ("torch.stack(outputs, 1)", "torch.cat(outputs, -1).view(len(x0), steps, -1)", None),
        ("        x = h\n", "", "eval.own_output_not_fed_back"),
        ("x = h\n", "x = torch.zeros_like(h)\n", "eval.own_output_not_fed_back"),
        ("cell(x, h)", "cell(x)", "rnn.state_not_carried"),
        ("outputs.append(h)", "outputs.append(x)", "rnn.output_before_update"),
        ("torch.stack(outputs, 1)", "torch.stack(outputs)", "shape.axes_swapped"),
        ("torch.stack(outputs, 1)", "torch.stack([h] * steps, 1)", "rnn.outputs_aliased"),
        ("range(steps)", "range(steps - 1)", "shape.wrong"),
        ("torch.zeros(x0.shape[0], cell.hidden_size)", "x0", "rnn.differs"),
        ("torch.zeros(x0.", "torch.randn(x0.", "eval.random_initial_state"),
        ("cell(x, h)", "cell(x + 0.1 * torch.rand_like(x), h)", "eval.random_initial_state"),
    ],
)
@pytest.mark.parametrize("key", [b"a", b"b"])
def test_one_to_many(find: str, replace: str, code: str | None, key: bytes) -> None:
    assert one_to_many(TO_MANY.replace(find, replace), key) == code


CELLS = (
    HEAD
    + """
class Walker(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.cell = nn.RNNCell(inputs, hidden)

    def forward(self, x):
        h, outputs = torch.zeros(len(x), self.hidden), []
        for x_t in x.unbind(1):
            h = self.cell(x_t, h)
            outputs.append(h)
        return torch.stack(outputs, 1), h[None]
"""
)


@pytest.mark.parametrize(
    ("find", "replace", "step"),
    [
        ("steps", "steps", None),
        ("RNNCell", "GRUCell", None),
        (
            "self.cell = nn.RNNCell(inputs, hidden)",
            "self.cell = nn.RNNCell(inputs, hidden, nonlinearity='relu')",
            None,
        ),
        ("self.cell(x_t, h)", "self.cell(F.dropout(x_t, 0.5, self.training), h)", None),
        ("self.cell(x_t, h)", "self.cell(x_t.float(), h.float())", None),
        ("self.cell(x_t, h)", "self.cell(x_t.detach(), h.detach())", None),
        ("self.cell(x_t, h)", "self.cell(x_t, h.detach())", 6),
        ("self.cell(x_t, h)", "self.cell(x_t, h if len(outputs) != 3 else h.detach())", 3),
        ("torch.stack(outputs, 1), h", "torch.stack([o.detach() for o in outputs[:-1]] + [h], 1), h", None),
    ],
)
@pytest.mark.parametrize("key", [b"a", b"b"])
def test_how_far_back_a_module_can_learn(find: str, replace: str, step: int | None, key: bytes) -> None:
    student, draw = student_of(CELLS.replace(find, replace), key=key)
    x = draw.normal(4, 7, 5)
    probes, walker = Probes(draw), student.Walker(5, 6)
    if step is None:
        probes.gradient_goes_back_in_time(walker, x, output=0)
        return
    with pytest.raises(Finding) as caught:
        probes.gradient_goes_back_in_time(walker, x, output=0)
    assert (caught.value.code, caught.value.facts["step"]) == ("grad.truncated_in_time", step)


def test_a_state_of_too_few_layers_is_no_batch_size() -> None:
    source = CELLS.replace(
        "nn.RNNCell(inputs, hidden)", "nn.RNN(inputs, hidden, num_layers=2, batch_first=True)"
    )
    for state, code in [("1, len(x)", "call.failed"), ("2, 1", "batch.fixed_size")]:
        forward = f"        return self.cell(x, torch.zeros({state}, self.hidden))\n"
        student, draw = student_of(source.split("        h, outputs")[0] + forward)
        with pytest.raises(Finding) as caught:
            Probes(draw).has_shape(student.Walker(5, 6), draw.normal(4, 7, 5), shape=(4, 7, 6), output=0)
        assert caught.value.code == code
