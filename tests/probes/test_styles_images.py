"""Classifiers of images in styles that no solution of the lessons uses: every check passes."""

from __future__ import annotations

import pytest

from grader.lesson import find
from tests.probes.notebooks import not_passed

HEAD = """
from dataclasses import dataclass
from functools import reduce
import math
import numpy as np
import torch, torch.nn.functional as F
from torch import nn
"""

LSTM = {
    "a learnt first state, a scan, LBFGS": """
class RecurrentNeuralNetworkClass(nn.Module):
    def __init__(self, name="rnn", xdim=28, hdim=256, ydim=10, n_layer=3):
        super().__init__()
        self.cells = nn.Sequential(*[nn.LSTMCell(hdim if k else xdim, hdim) for k in range(n_layer)])
        self.first = nn.Parameter(torch.zeros(n_layer, 2, 1, hdim))
        self.out = nn.Linear(hdim, ydim)
    def step(self, state, row):
        for k, cell in enumerate(self.cells):
            state[k] = cell(row, state[k])
            row = state[k][0]
        return state
    def forward(self, x):
        state = [tuple(pair.expand(-1, len(x), -1)) for pair in self.first.unbind()]
        return self.out(reduce(self.step, x.unbind(1), state)[-1][0])
def lstm_cell(x, h, c, W_ih, W_hh, b_ih, b_hh):
    i, f, g, o = (F.linear(x, w, b) + F.linear(h, u, d)
                  for w, u, b, d in zip(*(m.chunk(4) for m in (W_ih, W_hh, b_ih, b_hh))))
    c = torch.special.expit(f) * c + torch.special.expit(i) * g.tanh()
    return tuple({"h": torch.special.expit(o) * c.tanh(), "c": c}.values())
def train(model, images, labels, epochs, learning_rate):
    optimizer = torch.optim.LBFGS(model.parameters(), lr=1, max_iter=8, line_search_fn="strong_wolfe")
    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss = loss + 1e-4 * sum(p.square().sum() for p in model.parameters())
        loss.backward()
        return loss
    return [float(optimizer.step(closure).detach()) for _ in range(epochs)]
""",
    "pooled over all rows, a part kept to validate on": """
@dataclass
class Log:
    losses: list
    best: float = float("inf")
class RecurrentNeuralNetworkClass(nn.Module):
    def __init__(self, name, xdim, hdim, ydim, n_layer):
        super().__init__()
        self.body = nn.LSTM(xdim, hdim, n_layer, batch_first=True, dropout=0.1 * (n_layer > 1))
        self.head = nn.Linear(hdim, ydim)
    def forward(self, x):
        zeros = torch.zeros(self.body.num_layers, x.shape[0], self.body.hidden_size).type_as(x)
        out, _ = self.body(x, (zeros, zeros))
        return F.log_softmax(self.head(out.mean(1) + out[:, -1]), 1)
def accuracy(model, images, labels):
    mode = "train" if model.training else "eval"
    model.eval()
    hits = [(model(images[k::3]).exp().argmax(1) == labels[k::3]).sum() for k in range(3)]
    getattr(model, mode)()
    return float(sum(hits)) / len(images)
def train(model, images, labels, epochs, learning_rate):
    log, cut = Log([]), len(images) - len(images) // 10
    groups = [{"params": part.parameters()} for part in model.children()] or model.parameters()
    optimizer = torch.optim.Adam(groups, lr=learning_rate)
    for epoch in range(epochs):
        for x, y in zip(images[:cut].split(32), labels[:cut].split(32)):
            model.train()
            optimizer.zero_grad()
            loss = -model(x).gather(1, y[:, None]).mean()
            loss.backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            log.losses.append(F.nll_loss(model(images[cut:]), labels[cut:]).item())
        log.best = min(log.best, log.losses[-1])
    return log.losses
""",
    "weights in double precision, scores in single": """
class RecurrentNeuralNetworkClass(nn.Module):
    def __init__(self, name, xdim, hdim, ydim, n_layer):
        super().__init__()
        self.lstm, self.head = nn.LSTM(xdim, hdim, n_layer, batch_first=True), nn.Linear(hdim, ydim)
        self.double()
    def forward(self, x):
        return self.head(self.lstm(x.double())[0][:, -1]).log_softmax(1).float()
""",
    "scores cast where they are returned": """
class RecurrentNeuralNetworkClass(nn.Module):
    def __init__(self, name, xdim, hdim, ydim, n_layer):
        super().__init__()
        self.lstm, self.head = nn.LSTM(xdim, hdim, n_layer, batch_first=True), nn.Linear(hdim, ydim)
    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1]).log_softmax(1).float()
class Cell(nn.Module):
    def forward(self, x, h, c, W_ih, W_hh, b_ih, b_hh):
        i, f, g, o = (x @ W_ih.T + b_ih + h @ W_hh.T + b_hh).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c
lstm_cell = Cell()
""",
    "weights in a dictionary, written back at the end": """
def train(model, images, labels, epochs, learning_rate):
    weights = {k: p.detach().clone() for k, p in model.named_parameters()}
    speed = {k: torch.zeros_like(p) for k, p in weights.items()}
    def loss_of(w, x, y):
        return F.nll_loss(torch.func.functional_call(model, w, (x,)), y)
    def step(carry, rows):
        w, v, told = carry
        slope, loss = torch.func.grad_and_value(loss_of)(w, images[rows], labels[rows])
        v = {k: 0.9 * v[k] + slope[k] for k in w}
        return {k: w[k] - 4 * learning_rate * v[k] for k in w}, v, [*told, loss.item()]
    batches = [rows for _ in range(epochs) for rows in torch.randperm(len(images)).split(20)]
    model.train()
    weights, _, losses = reduce(step, batches, (weights, speed, []))
    model.load_state_dict(weights)
    return losses
""",
    "a head that finds its size when it is first called": """
class RecurrentNeuralNetworkClass(nn.Module):
    def __init__(self, name, xdim, hdim, ydim, n_layer):
        super().__init__()
        self.lstm = nn.LSTM(xdim, hdim, n_layer, batch_first=True, bidirectional=True)
        self.head = nn.Sequential(nn.LazyLinear(2 * hdim), nn.GELU(), nn.LazyLinear(ydim))
    def forward(self, x):
        h = self.lstm(x)[1][0]
        return self.head(torch.cat([h[-2], h[-1]], dim=1)).log_softmax(1)
""",
}

CNN = {
    "Fourier, masks, channels last, maxout pooling": """
def conv_output_size(size, kernel, stride=1, padding=0):
    whole = size + 2 * padding
    return sum(1 for start in range(whole) if start % stride == 0 and start + kernel <= whole)
def conv2d(image, kernel, stride=1, padding=0):
    image = F.pad(image, (padding,) * 4)
    shape = [n + kernel.shape[0] - 1 for n in image.shape]
    full = torch.fft.irfft2(torch.fft.rfft2(image, shape) * torch.fft.rfft2(kernel.flip(0, 1), shape), shape)
    k = kernel.shape[0]
    return full[k - 1:image.shape[0], k - 1:image.shape[1]][::stride, ::stride]
def max_pool2d(image, size, stride=None):
    stride = stride or size
    h, w = (conv_output_size(n, size, stride) for n in image.shape)
    down, right = image.stride()
    cut = image.as_strided((h, w, size, size), (stride * down, stride * right, down, right))
    return reduce(torch.maximum, cut.reshape(h, w, -1).unbind(-1))
def avg_pool2d(image, size, stride=None):
    return conv2d(image, torch.ones(size, size, dtype=image.dtype) / size ** 2, stride or size)
class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 32, 3, padding=1, padding_mode="replicate")
        self.deep = nn.Conv2d(32, 64, 3, padding=1).to(memory_format=torch.channels_last)
        self.drop, self.head = nn.Dropout2d(0.1), nn.Linear(7 * 7 * 64, 10)
    def forward(self, x):
        for layer in (self.stem, self.deep):
            x = self.drop(torch.where(layer(x) > 0, layer(x), 0.0))
            x = torch.maximum(torch.maximum(x[..., ::2, ::2], x[..., 1::2, ::2]),
                              torch.maximum(x[..., ::2, 1::2], x[..., 1::2, 1::2]))
        return self.head(x.reshape(x.size(0), 64 * 7 * 7))
def train(model, images, labels, epochs, learning_rate, batch=30):
    optimizer = torch.optim.NAdam(model.parameters(), lr=learning_rate)
    warm = torch.optim.lr_scheduler.LinearLR(optimizer, 0.5, total_iters=2)
    targets, losses = F.one_hot(labels, 10).float(), []
    for epoch in range(epochs):
        model.train()
        for part in torch.utils.data.DataLoader(range(len(images)), batch, shuffle=True):
            optimizer.zero_grad(set_to_none=False)
            loss = -(targets[part] * model(images[part]).log_softmax(-1)).sum(-1).mean()
            loss.backward()
            optimizer.step()
            losses += [loss.detach().numpy()]
        warm.step()
    return losses
""",
    "layers that find their sizes when they are first called": """
class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        blocks = [[nn.LazyConv2d(n, 3, padding=1), nn.LazyBatchNorm2d(), nn.ReLU(), nn.MaxPool2d(2)]
                  for n in (32, 64)]
        self.layers = nn.Sequential(*sum(blocks, []), nn.Flatten(), nn.LazyLinear(10))
    def forward(self, images):
        return self.layers(images)
""",
}


@pytest.mark.parametrize(
    ("lesson", "cell"),
    [("lstm", cell) for cell in LSTM.values()] + [("cnn", cell) for cell in CNN.values()],
    ids=[*LSTM, *CNN],
)
def test_styles_of_strangers_pass(lesson: str, cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(find(lesson).folder)
    base = {"lstm": "dropout_log_softmax", "cnn": "blocks_and_layers"}[lesson]
    assert not_passed(lesson, base, HEAD + cell) == {}
