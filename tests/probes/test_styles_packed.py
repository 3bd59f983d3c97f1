"""Ragged batches in styles that no solution of the lesson uses: every check passes."""

from __future__ import annotations

import pytest

from tests.probes.notebooks import not_passed

HEAD = """
from dataclasses import dataclass
from itertools import zip_longest
import numpy as np
import torch, torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_packed_sequence
"""

STYLES = {
    "tuple state with learnt first states, halves added": """
class Net(nn.Module):
    def __init__(self, input_size, hidden_size, n_classes):
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, bidirectional=True)
        self.first = nn.ParameterList([nn.Parameter(torch.zeros(2, 1, hidden_size)) for _ in "hc"])
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(hidden_size, n_classes))
    def forward(self, x, lengths):
        h0, c0 = (p.repeat(1, x.shape[0], 1) for p in self.first)
        packed = pack_padded_sequence(x.transpose(0, 1), lengths.tolist(), enforce_sorted=False)
        _, (h, _) = self.lstm(packed, (h0, c0))
        return self.head(h.sum(0))
""",
    "GRUCell, words leave the loop as they end": """
class Net(nn.Module):
    def __init__(self, input_size, hidden_size, n_classes):
        super().__init__()
        cell, out = nn.GRUCell(input_size, hidden_size), nn.Linear(hidden_size, n_classes)
        self.parts = nn.ModuleDict({"cell": cell, "out": out})
        self.H = hidden_size
    def forward(self, x, lengths):
        state = x.new_zeros(len(x), self.H)
        for t in range(max(lengths)):
            going = (lengths > t).nonzero().flatten()
            state = state.index_copy(0, going, self.parts["cell"](x[going, t], state[going]))
        return self.parts["out"](state)
""",
    "einsum and F.linear, a config, weights in double": """
@dataclass
class Config:
    inputs: int
    hidden: int
    classes: int
class Net(nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        c = self.config = Config(*sizes)
        draw = lambda *n: nn.Parameter(torch.randn(*n, dtype=torch.float64) / n[-1] ** 0.5)
        self.w = nn.ParameterDict({"U": draw(c.hidden, c.inputs), "W": draw(c.hidden, c.hidden)})
        self.w["V"] = draw(c.classes, c.hidden)
    def forward(self, x, lengths):
        x, states = x.double(), []
        h = torch.zeros(x.size(0), self.config.hidden, dtype=x.dtype)
        for t in range(x.size(1)):
            h = torch.tanh(F.linear(x[:, t], self.w["U"]) + torch.einsum("bk,hk->bh", h, self.w["W"]))
            states.append(h)
        index = (lengths - 1)[:, None, None].expand(-1, 1, h.size(1))
        last = torch.take_along_dim(torch.stack(states, 1), index, 1)[:, 0]
        return F.linear(last, self.w["V"])
""",
    "a factory, and pack_sequence of slices": """
class Reader(nn.Module):
    def __init__(self, i, h, c):
        super().__init__()
        self.embed, self.rnn, self.bn = nn.Linear(i, h), nn.GRU(h, h, num_layers=2), nn.LayerNorm(h)
        self.out = nn.Linear(h, c)
    def forward(self, x, lengths, return_state=False):
        packed = pack_sequence([row[:n] for row, n in zip(self.embed(x), lengths)], enforce_sorted=False)
        state = self.rnn(packed)[1][-1]
        logits = self.out(torch.relu(self.bn(state)))
        return (logits, state) if return_state else logits
def Net(input_size, hidden_size, n_classes):
    return Reader(input_size, hidden_size, n_classes)
""",
    "last of the packed data itself": """
class Net(nn.Module):
    def __init__(self, input_size, hidden_size, n_classes):
        super().__init__()
        self.rnn = nn.RNN(input_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, n_classes)
    def forward(self, x, lengths):
        out, _ = self.rnn(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
        starts = torch.cat([out.batch_sizes.new_zeros(1), out.batch_sizes.cumsum(0)[:-1]])
        return self.fc(out.data[starts[lengths - 1] + out.unsorted_indices])
""",
    "attention over valid letters, the last state asks": """
class Net(nn.Module):
    def __init__(self, input_size, hidden_size, n_classes):
        super().__init__()
        self.rnn = nn.GRU(input_size, hidden_size, batch_first=True)
        self.ask, self.fc = nn.Linear(hidden_size, hidden_size), nn.Linear(2 * hidden_size, n_classes)
    def forward(self, x, lengths):
        out, last = self.rnn(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
        out, _ = pad_packed_sequence(out, batch_first=True)
        mask = torch.arange(out.size(1)) >= lengths[:, None]
        scores = torch.bmm(out, self.ask(last[-1])[:, :, None]).squeeze(2)
        weights = scores.masked_fill(mask, -torch.inf).softmax(1)
        return self.fc(torch.cat([last[-1], (weights[:, :, None] * out).sum(1)], 1))
""",
    "Tagger by cells, backwards over each word": """
class Tagger(nn.Module):
    def __init__(self, input_size, hidden_size, n_classes):
        super().__init__()
        self.cell, self.fc = nn.LSTMCell(input_size, hidden_size), nn.Linear(hidden_size, n_classes)
    def forward(self, x, lengths):
        h = c = x.new_zeros(len(x), self.cell.hidden_size)
        tags = []
        for t in reversed(range(x.shape[1])):
            inside = (t < lengths).unsqueeze(-1)
            new_h, new_c = self.cell(x[:, t], (h, c))
            h, c = torch.where(inside, new_h, h), torch.where(inside, new_c, c)
            tags.insert(0, self.fc(h))
        return torch.stack(tags, dim=1)
""",
    "Tagger with its loss beside it, numpy words": """
class Tagger(nn.Module):
    def __init__(self, input_size, hidden_size, n_classes):
        super().__init__()
        self.rnn = nn.RNN(input_size, hidden_size, 2, batch_first=True, bidirectional=True, dropout=0.2)
        self.fc = nn.Conv1d(2 * hidden_size, n_classes, 1)
    def forward(self, x, lengths):
        sizes, order = lengths.sort(descending=True)
        out, _ = self.rnn(pack_padded_sequence(x[order], sizes, batch_first=True))
        out, _ = pad_packed_sequence(out, batch_first=True, padding_value=-7.0, total_length=x.shape[1])
        logits = torch.empty(len(x), x.shape[1], self.fc.out_channels, dtype=out.dtype)
        logits[order] = self.fc(out.transpose(1, 2)).transpose(1, 2)
        return logits
def masked_loss(logits, targets, lengths):
    log_p = torch.log_softmax(logits, dim=2)
    total = 0
    for row, answer, n in zip(log_p, targets, lengths):
        total = total + F.nll_loss(row[:n], answer[:n], reduction="sum")
    return total / lengths.sum()
def pad_batch(words, char2idx):
    numbers = [[char2idx[c] for c in w] for w in words]
    table = np.array(list(zip_longest(*numbers, fillvalue=0)), dtype=np.int64)
    return [torch.from_numpy(table.T.copy()), torch.LongTensor(list(map(len, words)))]
def unpack(packed):
    padded, lengths = pad_packed_sequence(packed, padding_value=0)
    return padded.t(), lengths
""",
    "a tagger with minus infinity at the pads": """
class Tagger(nn.Module):
    def __init__(self, input_size, hidden_size, n_classes):
        super().__init__()
        self.rnn = nn.GRU(input_size, hidden_size, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden_size, n_classes)
    def forward(self, x, lengths):
        states, _ = self.rnn(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
        logits = self.out(pad_packed_sequence(states, batch_first=True, total_length=x.size(1))[0])
        inside = torch.arange(x.size(1)) < lengths[:, None]
        return logits + inside.double().log()[:, :, None].to(logits.dtype)
""",
    "a tagger with no numbers at the pads": """
class Tagger(nn.Module):
    def __init__(self, input_size, hidden_size, n_classes):
        super().__init__()
        self.rnn, self.out = nn.LSTM(input_size, hidden_size), nn.Linear(hidden_size, n_classes)
    def forward(self, x, lengths):
        packed = pack_padded_sequence(x.transpose(0, 1), lengths, enforce_sorted=False)
        packed = self.rnn(packed)[0]
        packed = packed._replace(data=self.out(packed.data))
        return pad_packed_sequence(packed, True, padding_value=torch.nan, total_length=x.size(1))[0]
""",
}


@pytest.mark.parametrize("style", STYLES)
def test_right_styles_pass_every_check(style: str) -> None:
    assert not_passed("packed_sequence", "gather_no_packing", HEAD + STYLES[style]) == {}
