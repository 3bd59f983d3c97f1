"""Networks that read images: any way of reading all of it passes, each mistake gets its name."""

from __future__ import annotations

import pytest
import torch

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.probes.inside import Plan
from tests.fakes import student_of

HEAD = """
import torch
from torch import nn
import torch.nn.functional as F
"""
READER = """
class Net(nn.Module):
    def __init__(self, q=6, h=7, c=5, n=2):
        super().__init__()
        self.n, self.h = n, h
        self.rnn = nn.LSTM(q, h, n, batch_first=True)
        self.fc = nn.Linear(h, c)
    def forward(self, x):
        h0 = torch.zeros(self.n, x.size(0), self.h, dtype=x.dtype)
        out, (h, c) = self.rnn(x, (h0, h0))
        return self.fc(out[:, -1])
"""
LAST, BATCH_FIRST, RUN = "out[:, -1]", ", batch_first=True", "self.rnn(x, (h0, h0))"

READERS = {
    "rows": READER,
    "columns": READER.replace(RUN, "self.rnn(x.transpose(1, 2), (h0, h0))"),
    "columns, time first": READER.replace(BATCH_FIRST, "")
    .replace(RUN, "self.rnn(x.permute(2, 0, 1), (h0, h0))")
    .replace(LAST, "h[-1]"),
    "all outputs in one row": READER.replace("nn.Linear(h", "nn.Linear(6 * h")
    .replace(LAST, "out.flatten(1)"),
    "from the last row up": READER.replace(RUN, "self.rnn(x.flip(1), (h0, h0))"),
    "a GRU, no first state": READER.replace("nn.LSTM", "nn.GRU")
    .replace("out, (h, c) = " + RUN, "out, h = self.rnn(x)"),
}  # fmt: skip


PROJECTED = (
    READER.replace(BATCH_FIRST, ", batch_first=True, proj_size=3")
    .replace("nn.Linear(h", "nn.Linear(3")
    .replace(RUN, "self.rnn(x)")
)
"""An LSTM whose hidden states are 3 wide and whose cell states are 7 wide."""
BOTH_WAYS = PROJECTED.replace("proj_size=3", "proj_size=3, bidirectional=True")
BOTH_WAYS = BOTH_WAYS.replace("Linear(3", "Linear(6")
TWO_WIDTHS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.below, self.above = nn.LSTM(6, 5, batch_first=True), nn.LSTM(5, 8, batch_first=True)
        self.fc = nn.Linear(WIDE, 5)
    def forward(self, x):
        lower, (h, c) = self.below(x)
        out, (above_h, above_c) = self.above(lower)
        return self.fc(LAST)
"""
READERS |= {
    "a projection": PROJECTED,
    "a projection, its state": PROJECTED.replace(LAST, "h[-1]"),
    "a projection both ways": BOTH_WAYS,
    "layers of two widths": TWO_WIDTHS.replace("WIDE", "8").replace("LAST", "out[:, -1]"),
}


def told(source: str, ask: str, *args: object, **options: object) -> str | None:
    student, draw = student_of(HEAD, source)
    x = torch.from_numpy(draw("images").random((4, 6, 6)))
    try:
        getattr(Probes(draw), ask)(student.Net(), x, *args, **options)
    except Finding as finding:
        return finding.code
    return None


@pytest.mark.parametrize("source", READERS.values(), ids=READERS)
def test_every_way_of_reading_an_image_passes(source: str) -> None:
    assert told(source, "classifies_images", classes=5) is None
    assert told(source, "reads_whole_image", strips=6) is None
    assert told(source, "answers_by_hidden_state") is None
    assert told(source, "begins_with_zeros") is None


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (READER.replace(LAST, "out"), "shape.wrong"),
        (READER.replace(BATCH_FIRST, ""), "axis.batch_time_swapped"),
        (READER.replace("self.n, x.size(0)", "x.size(0), self.n"), "batch.fixed_size"),
        (READER.replace("x.size(0), self.h", "64, self.h"), "batch.fixed_size"),
        (READER.replace(RUN, "self.rnn(x.reshape(-1, 3, 6), torch.zeros(2, 2, 8, 7).double().unbind(0))"),
         "shape.batch_lost"),
        (READER.replace("out[:, -1])", "out[:, -1]).argmax(1)"), "shape.wrong"),
        (READER.replace(LAST, "h[:, -1]"), "shape.wrong"),
        (READER.replace(LAST, "out[-1]"), "shape.wrong"),
    ],
)  # fmt: skip
def test_scores_of_another_shape_get_a_name(source: str, code: str) -> None:
    assert told(source, "classifies_images", classes=5) == code


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (READER.replace(LAST, "out[:, 0]"), "output.first_step_only"),
        (READER.replace(LAST, "out[:, -2]"), "output.steps_ignored"),
        (READER.replace(RUN, "self.rnn(x.transpose(1, 2), (h0, h0))").replace(LAST, "out[:, 0]"),
         "output.first_step_only"),
        (READER.replace(BATCH_FIRST, "").replace(RUN, "self.rnn(x)"), "axis.batch_time_swapped"),
        (READER.replace(BATCH_FIRST, "").replace(RUN, "self.rnn(x.reshape(6, 4, 6), (h0, h0))")
         .replace(LAST, "out[-1]"), "axis.view_instead_of_transpose"),
        (READER.replace(RUN, "self.rnn(x - x.mean(0), (h0, h0))"), "batch.mixed"),
    ],
)  # fmt: skip
def test_what_is_not_read_gets_a_name(source: str, code: str) -> None:
    assert told(source, "reads_whole_image", strips=6) == code


@pytest.mark.parametrize(
    ("state", "code"), [("c[-1]", "state.cell_state_used"), ("h[0]", "state.first_layer_used")]
)
def test_another_state_gets_a_name(state: str, code: str) -> None:
    assert told(READER.replace(LAST, state), "answers_by_hidden_state") == code


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (PROJECTED.replace("Linear(3", "Linear(7").replace(LAST, "c[-1]"), "state.cell_state_used"),
        (PROJECTED.replace(LAST, "h[0]"), "state.first_layer_used"),
        (BOTH_WAYS.replace("Linear(6", "Linear(14").replace(LAST, "torch.cat([c[-2], c[-1]], 1)"),
         "state.cell_state_used"),
        (BOTH_WAYS.replace(LAST, "torch.cat([h[0], h[1]], 1)"), "state.first_layer_used"),
        (TWO_WIDTHS.replace("WIDE", "8").replace("LAST", "above_c[-1]"), "state.cell_state_used"),
        (TWO_WIDTHS.replace("WIDE", "5").replace("LAST", "c[-1]"), "state.cell_state_used"),
    ],
)  # fmt: skip
def test_states_of_several_widths_are_told_apart(source: str, code: str) -> None:
    assert told(source, "answers_by_hidden_state") == code


def test_a_cell_state_is_seen_at_every_step() -> None:
    assert told(READER, "hands_on_no_cell_state") is None
    assert told(READER.replace(LAST, "c[-1]"), "hands_on_no_cell_state") == "state.cell_state_used"
    for state, code in (("h", None), ("c", "state.cell_state_used")):
        assert told(CELLS.format(state=state), "hands_on_no_cell_state") == code


CELLS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell, self.mix = nn.LSTMCell(6, 7), nn.Sequential(nn.Linear(7, 7), nn.Tanh(), nn.Linear(7, 5))
    def forward(self, x):
        state, scores = None, []
        for step in x.unbind(1):
            state = h, c = self.cell(step, state)
            scores.append(self.mix({state}))
        return torch.stack(scores, 1)
"""

CONVOLUTIONAL = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 6, 3, padding=1)
        self.fc = nn.Linear(6 * 2 * 2, 5)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.a(x)), 2)
        x = F.max_pool2d(F.relu(self.b(x)), 2)
        return self.fc(x.flatten(1))
"""
PLAN = Plan((1, 8, 8), [(4, 8, 8), (6, 4, 4)], [(4, 4, 4), (6, 2, 2)])
ONE, TWO = "F.max_pool2d(F.relu(self.a(x)), 2)", "F.max_pool2d(F.relu(self.b(x)), 2)"
SAME = {
    "as it stands": CONVOLUTIONAL,
    "ReLU after the pooling": CONVOLUTIONAL.replace(ONE, "F.max_pool2d(self.a(x), 2).clamp(min=0)"),
    "pooling by reshape": CONVOLUTIONAL.replace(
        ONE, "F.relu(self.a(x)).reshape(-1, 4, 4, 2, 4, 2).amax((3, 5))"
    ),
    "adaptive pooling, channels last": CONVOLUTIONAL.replace(TWO, "nn.AdaptiveMaxPool2d(2)(self.b(x).relu())")
    .replace("x.flatten(1)", "x.permute(0, 2, 3, 1).flatten(1)"),
    "image by image": CONVOLUTIONAL.replace("def forward(self, x):", "def forward(self, batch):\n        "
        "return torch.cat([self.one(x[None]) for x in batch])\n    def one(self, x):"),
    "a norm layer between": CONVOLUTIONAL
    .replace("F.relu(self.a(x))", "F.relu(F.layer_norm(self.a(x), (8, 8)))"),
    "another activation": CONVOLUTIONAL.replace("F.relu(self.a", "F.gelu(self.a"),
    "kernels of weight_norm, without bias": CONVOLUTIONAL.replace(
        "nn.Conv2d(4, 6, 3, padding=1)",
        "nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 6, 3, padding='same', bias=False))",
    ),
    "kernels of 5x5 under a mask": CONVOLUTIONAL.replace("self.b(x)",
        "F.conv2d(x, F.pad(self.b.weight, (1, 1, 1, 1)), self.b.bias, padding=2)"),
    "a ring of copied pixels": CONVOLUTIONAL.replace("padding=1)", "padding=1, padding_mode='reflect')"),
    "by name, one layer after the other": CONVOLUTIONAL.replace("self.b(x)",
        "F.conv2d(input=x, weight=self.b.weight, padding=1, bias=self.b.bias)"),
    "a filter of 1x1 behind": CONVOLUTIONAL.replace("self.fc =", "self.c = nn.Conv2d(6, 6, 1); self.fc =")
    .replace("self.b(x)", "self.c(self.b(x))"),
    "nine shifted filters of 1x1": CONVOLUTIONAL.replace("self.b(x)",
        "sum(F.conv2d(F.pad(x, (1, 1, 1, 1))[:, :, i:i + 4, j:j + 4], self.b.weight[:, :, i:i+1, j:j+1])"
        " for i in range(3) for j in range(3)) + self.b.bias[:, None, None]"),
    "a matrix product at the end": CONVOLUTIONAL.replace("self.fc(x.flatten(1))",
        "x.flatten(1) @ self.fc.weight.T + self.fc.bias"),
}  # fmt: skip


def inside(source: str) -> tuple[str | None, list[str]]:
    student, draw = student_of(HEAD, source)
    probes = Probes(draw)
    x = torch.from_numpy(draw("images").random((3, 1, 8, 8)))
    try:
        probes.has_sizes_inside(student.Net(), x, PLAN)
        probes.is_not_linear_inside(student.Net(), x, PLAN)
        probes.reads_whole_image(student.Net(), x, strips=4)
    except Finding as finding:
        return finding.code, []
    return None, [remark.code for remark in probes.remarks]


@pytest.mark.parametrize("source", SAME.values(), ids=SAME)
def test_convolutional_networks_in_any_spelling_pass(source: str) -> None:
    assert inside(source) == (None, [])


LYING = """
class Lying(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        with torch._C.DisableTorchFunctionSubclass():
            out = func(*args, **(kwargs or {}))
        return LIE if func is torch.conv2d else out
"""


@pytest.mark.parametrize(
    "lie",
    [
        "torch.tensor(0.0)",
        "torch.zeros(3)",
        "out[:, :, :0]",
        "out[:, :0]",
        "out[:0]",
        "torch.zeros(0, 4, 8, 8)",
    ],
)
def test_what_a_tensor_tells_of_a_convolution_may_have_any_shape(lie: str) -> None:
    """Another call of it changes nothing of the network, whatever it seems to give."""
    source = CONVOLUTIONAL.replace(
        "        x = F.max_pool2d(F.relu(self.b",
        "        torch.conv2d(x.as_subclass(Lying), torch.ones(1, 4, 3, 3, dtype=x.dtype))\n"
        "        x = F.max_pool2d(F.relu(self.b",
    )
    assert source != CONVOLUTIONAL
    assert inside(LYING.replace("LIE", lie) + source)[0] in (None, "cnn.sizes")


def test_convolutions_that_are_not_seen_are_told_by_their_weights() -> None:
    windows = (
        CONVOLUTIONAL.replace("nn.Conv2d(1, 4, 3, padding=1)", "nn.Linear(9, 4)")
        .replace("nn.Conv2d(4, 6, 3, padding=1)", "nn.Linear(36, 6)")
        .replace("self.a(x)", "self.over(x, self.a)")
        .replace("self.b(x)", "self.over(x, self.b)")
    )
    over = """
    def over(self, x, layer):
        out = layer(F.unfold(x, 3, padding=1).transpose(1, 2)).transpose(1, 2)
        return out.reshape(len(x), -1, *x.shape[2:])
"""
    assert inside(windows + over) == (None, ["note.adapted"])


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (CONVOLUTIONAL.replace("Conv2d(1, 4", "Conv2d(1, 3").replace("Conv2d(4", "Conv2d(3"), "cnn.sizes"),
        (CONVOLUTIONAL.replace("4, 6, 3, padding=1", "4, 6, 5, padding=2"), "cnn.sizes"),
        (CONVOLUTIONAL.replace("4, 6, 3, padding=1", "4, 6, (3, 1), padding=(1, 0)"), "cnn.sizes"),
        (CONVOLUTIONAL.replace("4, 6, 3, padding=1", "4, 6, 4, padding='same'"), "cnn.sizes"),
        (CONVOLUTIONAL.replace("4, 6, 3, padding=1", "4, 6, 3, padding=2, dilation=2"), "cnn.sizes"),
        (CONVOLUTIONAL.replace("4, 6, 3, padding=1", "4, 6, 3, padding=1, groups=2"), "cnn.sizes"),
        (CONVOLUTIONAL.replace("1, 4, 3, padding=1", "1, 4, 1"), "cnn.sizes"),
        (SAME["image by image"].replace("1, 4, 3, padding=1", "1, 4, 7, padding=3, bias=False"), "cnn.sizes"),
        (CONVOLUTIONAL.replace(TWO, "F.relu(self.b(x))").replace("6 * 2 * 2", "6 * 4 * 4"), "cnn.sizes"),
        (CONVOLUTIONAL.replace("x.flatten(1)", "x.mean((2, 3))").replace("6 * 2 * 2", "6"), "cnn.sizes"),
        (CONVOLUTIONAL.replace(ONE, "self.a(x)[:, :, ::2, ::2]"), None),
        (CONVOLUTIONAL.replace("Conv2d(1, 4", "Conv2d(1, 1")
         .replace("self.b(x)", "self.b(x.expand(-1, 4, -1, -1))"), "cnn.filter_shared"),
        (CONVOLUTIONAL.replace(ONE, "F.max_pool2d(self.a(x), 2)"), "cnn.nonlinearity_missing"),
        (CONVOLUTIONAL.replace(TWO, "F.max_pool2d(self.b(x), 2)"), "cnn.nonlinearity_missing"),
        (CONVOLUTIONAL.replace(ONE, "F.avg_pool2d(F.relu(self.a(x)), 2)"), "cnn.avg_for_max"),
        (CONVOLUTIONAL.replace(TWO, "F.avg_pool2d(self.b(x), 2)"), "cnn.avg_for_max"),
        (CONVOLUTIONAL.replace("x.flatten(1)", "x.transpose(0, 1).reshape(len(x), -1)"), "batch.mixed"),
        (CONVOLUTIONAL.replace("x = " + ONE, "x = F.pad(x[..., :4, :], (0, 0, 0, 4))\n        x = " + ONE),
         "output.steps_ignored"),
    ],
)  # fmt: skip
def test_each_mistake_inside_gets_its_name(source: str, code: str | None) -> None:
    assert inside(source)[0] == code


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ("(h0, h0 + 1)", "state.not_zero"),
        ("(torch.full_like(h0, 0.1), h0)", "state.not_zero"),
        ("(h0, torch.eye(self.h, dtype=x.dtype)[: x.size(0)].expand_as(h0))", "state.not_zero"),
        ("(h0, h0)", None),
        ("(h0 + x[:, 0].mean(-1)[None, :, None], h0)", None),
        ("(h0 + self.fc.weight.mean(), h0)", None),
    ],
)
def test_a_first_state_of_other_numbers_gets_a_name(first: str, code: str | None) -> None:
    source = READER.replace(RUN, f"self.rnn(x, {first})")
    assert source != READER or first == "(h0, h0)"
    assert told(source, "begins_with_zeros") == code
