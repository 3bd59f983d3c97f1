"""Training loops for tests: one right loop to break, and right ones in other styles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.student import Student
from tests.fakes import student_of

LETTERS, STEPS = 5, 7

NET = """
import copy
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F
class Net(nn.Module):
    def __init__(self, i, h):
        super().__init__()
        self.rnn = nn.RNN(i, h, batch_first=True)
        self.fc = nn.Linear(h, i)
    def forward(self, x):
        return self.fc(self.rnn(x)[0])
def loss_of(out, Y):
    return F.cross_entropy(out.reshape(-1, out.shape[-1]), Y.reshape(-1))
"""

LOOP = """
def train(net, X, Y, iterations=100, learning_rate=0.1):
    opt = torch.optim.Adam(net.parameters(), lr=learning_rate)
    losses = []
    for _ in range(iterations):
        out = net(X)
        loss = loss_of(out, Y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return losses
"""

STYLES = {
    "a closure for every step": """
def train(net, X, Y, iterations=100, learning_rate=0.1):
    opt, losses = torch.optim.LBFGS(net.parameters(), lr=learning_rate, max_iter=2), []
    def closure():
        opt.zero_grad()
        loss = loss_of(net(X), Y)
        loss.backward()
        return loss
    for _ in range(iterations):
        losses.append(opt.step(closure).item())
    return losses
""",
    "steps by hand, gradients set to None": """
def train(net, X, Y, iterations=100, learning_rate=0.1):
    losses = []
    for _ in range(iterations):
        loss = loss_of(net.forward(X), Y)
        loss.backward()
        with torch.no_grad():
            for p in net.parameters():
                p -= learning_rate * p.grad
                p.grad = None
        losses += [loss.detach()]
    return torch.stack(losses)
""",
    "weights in a dictionary, written back at the end": """
from torch.func import functional_call, grad_and_value
def train(net, X, Y, iterations=100, learning_rate=0.1):
    weights = {name: p.detach().clone() for name, p in net.named_parameters()}
    slope = grad_and_value(lambda w: loss_of(functional_call(net, w, (X,)), Y))
    losses = []
    for _ in range(iterations):
        gradient, loss = slope(weights)
        weights = {name: p - learning_rate * gradient[name] for name, p in weights.items()}
        losses.append(loss.item())
    net.load_state_dict(weights)
    return losses
""",
    "no backward: torch.autograd.grad and data": """
from torch.autograd import grad
def train(net, X, Y, iterations=100, learning_rate=0.1):
    losses, weights = [], list(net.parameters())
    for _ in range(iterations):
        loss = loss_of(net(X), Y)
        for p, g in zip(weights, grad(loss, weights)):
            p.data.sub_(learning_rate * g)
        losses.append(loss.item())
    return tuple(losses)
""",
    "gradients handed to an optimiser": """
def train(net, X, Y, iterations=100, learning_rate=0.1):
    opt, losses = torch.optim.RMSprop(net.parameters(), lr=learning_rate / 10), []
    for _ in range(iterations):
        loss = loss_of(net(X), Y)
        for p, g in zip(net.parameters(), torch.autograd.grad(loss, list(net.parameters()))):
            p.grad = g
        opt.step()
        losses.append(loss.item())
    return losses
""",
    "letter by letter: several passes before a step": """
def train(net, X, Y, iterations=100, learning_rate=0.1):
    opt, losses = torch.optim.SGD(net.parameters(), lr=learning_rate, momentum=0.9, nesterov=True), []
    for _ in range(iterations):
        net.zero_grad(set_to_none=False)
        out = net(X)
        parts = [F.cross_entropy(out[:, t], Y[:, t]) / Y.shape[1] for t in range(Y.shape[1])]
        for part in parts:
            part.backward(retain_graph=True)
        opt.step()
        losses.append(sum(float(part.detach()) for part in parts))
    return np.array(losses)
""",
    "foreach, a schedule that warms up, clipping": """
def train(net, X, Y, iterations=100, learning_rate=0.1):
    opt = torch.optim.AdamW(net.parameters(), lr=learning_rate, foreach=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(opt, lambda n: min(n, 5) / 5)
    losses = []
    for _ in range(iterations):
        loss = loss_of(net(X), Y)
        opt.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 0.5)
        opt.step()
        schedule.step()
        losses.append(loss.item())
    return losses
""",
    "an optimiser for each part": """
def train(net, X, Y, iterations=100, learning_rate=0.1):
    opts = [torch.optim.Adam(part.parameters(), lr=learning_rate) for part in (net.rnn, net.fc)]
    losses = []
    for _ in range(iterations):
        loss = loss_of(net(X), Y)
        loss.backward()
        for opt in opts:
            opt.step()
        net.zero_grad()
        losses.append(loss.item())
    return losses
""",
    "an optimiser of one's own": """
class Descent(torch.optim.Optimizer):
    def __init__(self, weights, rate):
        super().__init__(weights, {"rate": rate})
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                p.data.add_(p.grad, alpha=-group["rate"])
def train(net, X, Y, iterations=100, learning_rate=0.1):
    losses = []
    for _ in range(iterations):
        opt = Descent(net.parameters(), learning_rate)
        opt.zero_grad()
        loss = loss_of(net(X), Y)
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return losses
""",
    "functional, without a single gradient in place": """
def train(net, X, Y, iterations=100, learning_rate=0.1):
    weights, losses = dict(net.named_parameters()), []
    def of(w):
        return loss_of(torch.func.functional_call(net, w, (X,)), Y)
    for _ in range(iterations):
        grads, loss = torch.func.grad_and_value(of)({k: v.detach() for k, v in weights.items()})
        with torch.no_grad():
            for k, p in weights.items():
                p.copy_(p - learning_rate * grads[k])
        losses.append(float(loss))
    return losses
""",
    "the best weights are kept, accuracy is looked at": """
def train(net, X, Y, iterations=100, learning_rate=0.1):
    opt, losses, best = torch.optim.Adagrad(net.parameters(), lr=learning_rate), [], (1e9, None)
    for _ in range(iterations):
        net.train()
        opt.zero_grad()
        loss = loss_of(net(X), Y)
        loss.backward()
        opt.step()
        losses.append(loss.item())
        net.eval()
        (net(X).argmax(-1) == Y).float().mean()
        if losses[-1] < best[0]:
            best = losses[-1], copy.deepcopy(net.state_dict())
    net.load_state_dict(best[1])
    return losses
""",
}


def data(draw: Draw, count: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """X (count, 7, 5) one-hot and Y (count, 7), the next letter; few letters follow themselves."""
    letters = torch.cumsum(1 + draw.integers(0, LETTERS - 1, count, STEPS + 1), 1) % LETTERS
    return torch.eye(LETTERS)[letters[:, :-1]], letters[:, 1:]


Ask = Callable[[Probes, Student, torch.Tensor, torch.Tensor], Any]


def found(loop: str, ask: Ask, count: int = 1) -> Any:
    """The finding of `ask` about a notebook with this loop, as raised; None where there is none."""
    student, draw = student_of(NET, loop)
    x, y = data(draw, count)
    try:
        ask(Probes(draw), student, x, y)
    except Finding as finding:
        return finding
    return None
