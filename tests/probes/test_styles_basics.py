"""Recurrent networks in styles that no solution of the lesson uses: every check passes."""

from __future__ import annotations

import pytest
import torch

from tests.probes.notebooks import not_passed

HEAD = """
from dataclasses import dataclass, field
from functools import partial, reduce
import numpy as np
import torch, torch.nn.functional as F
from torch import nn
"""

STYLES = {
    "a dictionary of layers, tuple state": """
class Walk(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        self.layers = nn.ModuleDict({"in": nn.Linear(i, h, bias=False), "cell": nn.LSTMCell(h, h)})
    def forward(self, x):
        state, outputs = None, []
        for letter in self.layers["in"](x).unbind(dim=1):
            state = self.layers["cell"](letter, state)
            outputs += [state[0]]
        return torch.stack(outputs, dim=-2), state[0].unsqueeze(0)
build_rnn = Walk
""",
    "GRUCell filled in, a config, weights in double": """
@dataclass(frozen=True)
class Config:
    inputs: int
    hidden: int
    options: dict = field(default_factory=lambda: {"dtype": torch.float64})
class Walk(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.cell, self.config = nn.GRUCell(config.inputs, config.hidden, **config.options), config
    def forward(self, x):
        B, T, _ = x.size()
        outputs = torch.zeros(B, T, self.config.hidden, dtype=torch.float64)
        h = torch.zeros(B, self.config.hidden, dtype=torch.float64)
        for t in range(T):
            h = self.cell(x[:, t].double(), h)
            outputs[:, t] = h
        return outputs, h[None, ...]
def build_rnn(input_size, hidden_size):
    return Walk(Config(input_size, hidden_size))
""",
    "word by word, unbatched layers": """
class Walk(nn.RNN):
    def forward(self, words):
        pairs = [super(Walk, self).forward(word) for word in words]
        return torch.stack([o for o, _ in pairs]), torch.stack([s for _, s in pairs], dim=1)
def build_rnn(input_size, hidden_size):
    return Walk(input_size, hidden_size, nonlinearity="relu")
""",
    "F.linear over a dictionary of weights": """
class Walk(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        fresh = lambda n: nn.Parameter(torch.empty(h, n).uniform_(-0.4, 0.4))
        self.w = nn.ParameterDict({"U": fresh(i), "W": fresh(h)})
        self.h0 = nn.Parameter(torch.zeros(h))
    def forward(self, x):
        step = lambda states, u: states + [torch.tanh(u + F.linear(states[-1], self.w["W"]))]
        first = [self.h0.expand(x.shape[0], -1)]
        states = reduce(step, F.linear(x, self.w["U"]).unbind(1), first)
        return [torch.stack(states[1:], 1), states[-1].view(1, *states[-1].shape)]
def build_rnn(input_size, hidden_size):
    return Walk(input_size, hidden_size)
""",
    "one to many into a tensor, many to one by the status": """
def many_to_one(rnn, x):
    return rnn(x)[1].flatten(0, 1)
def one_to_many(cell, x0, steps):
    B, H = x0.shape
    story = torch.empty(steps, B, H, dtype=x0.dtype)
    state = torch.zeros_like(x0)
    for t in range(steps):
        x0 = state = cell(x0, state)
        story[t] = state
    return story.movedim(0, 1)
def rnn(x, h, W_ih, W_hh, b_ih, b_hh):
    cell = partial(lambda x_t, h: torch.tanh(torch.addmm(b_ih, x_t, W_ih.mT) + torch.addmm(b_hh, h, W_hh.mT)))
    outputs = x.new_zeros(len(x), *h.shape)
    for t, x_t in enumerate(x):
        h = outputs[t] = cell(x_t, h)
    return outputs, h
""",
    "words by lists and numpy": """
def one_hot(word, chars):
    return torch.Tensor([[1 if letter == char else 0 for char in chars] for letter in word])
def make_batch(words, chars):
    index = {char: i for i, char in enumerate(chars)}
    batch = np.zeros((len(words), len(words[0]), len(index)), np.float32)
    for b, word in enumerate(words):
        batch[b, np.arange(len(word)), [index[c] for c in word]] = 1
    return torch.as_tensor(batch)
""",
}


@pytest.mark.parametrize("style", STYLES)
def test_right_styles_pass_every_check(style: str) -> None:
    assert not_passed("rnn_basics", "cells_and_loops", HEAD + STYLES[style]) == {}


def test_a_notebook_may_compute_in_double_precision_throughout() -> None:
    before = torch.get_default_dtype()
    try:
        assert not_passed("rnn_basics", "reference", HEAD + "torch.set_default_dtype(torch.float64)\n") == {}
    finally:
        torch.set_default_dtype(before)
