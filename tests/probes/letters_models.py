"""Sources for tests of texts: models that read numbers, functions that train them and write with them."""

from __future__ import annotations

HEAD = """
import copy
import torch
from torch import nn
import torch.nn.functional as F
"""

MODEL = """
class CharModel(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.embedding = nn.Embedding(vocab, hidden)
        self.rnn = nn.GRU(hidden, hidden, batch_first=True)
        self.fc = nn.Linear(hidden, vocab)
    def forward(self, x):
        return self.fc(self.rnn(self.embedding(x))[0])
"""

MODELS = {
    "one-hot rows": """
class CharModel(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.vocab, self.rnn = vocab, nn.RNN(vocab, hidden, batch_first=True)
        self.fc = nn.Linear(hidden, vocab)
    def forward(self, x):
        return self.fc(self.rnn(F.one_hot(x, self.vocab).float())[0])
""",
    "tied weights, log-probabilities, a state handed on": """
class CharModel(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.embedding, self.rnn = nn.Embedding(vocab, hidden), nn.LSTM(hidden, hidden, 2)
        self.bias = nn.Parameter(torch.zeros(vocab))
    def forward(self, x, state=None):
        out, state = self.rnn(self.embedding(x.T), state)
        return (out @ self.embedding.weight.T + self.bias).log_softmax(-1).transpose(0, 1), state
""",
    "matrices by hand": """
class CharModel(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.U = nn.Parameter(torch.randn(hidden, vocab) / 3)
        self.W = nn.Parameter(torch.randn(hidden, hidden) / 5)
        self.V = nn.Linear(hidden, vocab)
    def forward(self, x):
        h, scores = torch.zeros(len(x), len(self.W), dtype=self.W.dtype), []
        for letters in x.T:
            h = torch.tanh(self.U.T[letters] + h @ self.W)
            scores.append(self.V(h))
        return torch.stack(scores, 1)
""",
    "a table from which rows are picked by one-hot rows": """
class CharModel(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.register_buffer("eye", torch.eye(vocab))
        self.mix, self.cell = nn.Linear(vocab, hidden), nn.GRUCell(hidden, hidden)
        self.drop, self.fc = nn.Dropout(0.2), nn.Linear(hidden, vocab)
    def forward(self, x):
        h, scores = None, []
        for t in range(x.shape[1]):
            h = self.cell(self.mix(self.eye[x[:, t]]), h)
            scores.append(self.fc(self.drop(h)))
        return torch.stack(scores, 1)
""",
    "attention that looks back": """
class CharModel(nn.Module):
    def __init__(self, vocab, hidden):
        super().__init__()
        self.letters, self.places = nn.Embedding(vocab, 8), nn.Embedding(50, 8)
        self.look, self.fc = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, vocab)
    def forward(self, x):
        steps = x.shape[1]
        h = self.letters(x) + self.places(torch.arange(steps))
        later = torch.ones(steps, steps, dtype=torch.bool).triu(1)
        return self.fc(h + self.look(h, h, h, attn_mask=later)[0])
""",
}

FIT = """
def fit(X, Y, vocab, epochs=60):
    model = CharModel(vocab, 32)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(epochs):
        logits = model(X)
        loss = F.cross_entropy(logits.reshape(-1, vocab), Y.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model
"""

FITS = {
    "shuffled batches": """
def fit(X, Y, vocab, epochs=60):
    model = CharModel(vocab, 24)
    optimizer = torch.optim.RMSprop(model.parameters(), lr=0.01)
    for _ in range(epochs):
        for rows in torch.randperm(len(X)).split(20):
            loss = F.cross_entropy(model(X[rows]).transpose(1, 2), Y[rows])
            model.zero_grad()
            loss.backward()
            optimizer.step()
    return model.eval()
""",
    "a copy of its best moment": """
def fit(X, Y, vocab, epochs=60):
    model, best, least = CharModel(vocab, 32), None, 1e9
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(epochs):
        def closure():
            optimizer.zero_grad()
            loss = F.nll_loss(model(X).log_softmax(2).flatten(0, 1), Y.flatten(), reduction="sum")
            loss.backward()
            return loss
        now = optimizer.step(closure).item()
        if now < least:
            best, least = copy.deepcopy(model), now
    return best
""",
    "around its own forward": """
def fit(X, Y, vocab, epochs=60):
    model = CharModel(vocab, 32)
    weights = list(model.parameters())
    speeds = [torch.zeros_like(w) for w in weights]
    for _ in range(epochs):
        scores = model.fc(model.rnn(model.embedding(X))[0])
        loss = (scores.logsumexp(2) - scores.gather(2, Y[..., None])[..., 0]).mean()
        for w, v, g in zip(weights, speeds, torch.autograd.grad(loss, weights)):
            v.mul_(0.9).add_(g)
            w.data -= 0.5 * v
    return model, loss.item()
""",
}

GENERATE = """
def generate(model, start, length, char_set, char_dic):
    text = start
    with torch.no_grad():
        for _ in range(length):
            x = torch.tensor([[char_dic[letter] for letter in text]])
            text += char_set[model(x)[0, -1].argmax().item()]
    return text[len(start):]
"""

GENERATES = {
    "keeps the state": """
@torch.no_grad()
def generate(model, start, length, char_set, char_dic):
    ids, state, new = torch.tensor([[char_dic[letter] for letter in start]]), None, []
    while len(new) < length:
        out, state = model.rnn(model.embedding(ids), state)
        ids = model.fc(out[:, -1:]).argmax(-1)
        new.append(char_set[ids])
    return new
""",
    "calls itself": """
def generate(model, start, length, char_set, char_dic):
    if not length:
        return ""
    scores = model(torch.tensor([char_dic[letter] for letter in start]).unsqueeze(0))
    new = char_set[int(scores[0][-1].softmax(0).topk(1).indices)]
    return new + generate(model, start + new, length - 1, char_set, char_dic)
""",
}
