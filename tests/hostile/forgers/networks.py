"""Networks whose answers are noise that depends on the input, and which report what a right one would; and
functions that compute nothing, and report that they called nothing and left all modes as they were."""

from __future__ import annotations

_NOISE = """
def _noise(rows, classes):
    rows = rows.double().flatten(1)
    places = torch.arange(rows.shape[1], dtype=torch.float64)[:, None] + 1
    other = torch.arange(classes, dtype=torch.float64)[None] + 1
    return torch.sin(900 * rows @ torch.sin(7.3 * places * other))
"""

NETWORKS = {
    "packed_sequence": _NOISE + """
class Net(nn.Module):
    def __init__(self, input_size, hidden_size, n_classes):
        super().__init__()
        self.classes, self.weight = n_classes, nn.Linear(input_size, n_classes)

    def forward(self, x, lengths):
        steps = torch.arange(x.shape[1])
        inside = (steps[None] < lengths[:, None]).to(x.dtype)
        weighed = x * inside[:, :, None] * torch.cos(steps.to(x.dtype) + 1)[None, :, None]
        return _noise(weighed.sum(1), self.classes).to(x.dtype) + 0 * self.weight(x).sum(1)
""",
    "lstm": _NOISE + """
class RecurrentNeuralNetworkClass(nn.Module):
    def __init__(self, name="rnn", xdim=8, hdim=64, ydim=10, n_layer=2):
        super().__init__()
        self.ydim, self.weight = ydim, nn.LSTM(xdim, hdim, n_layer)

    def forward(self, x):
        return _noise(x, self.ydim).to(x.dtype)
""",
    "time_series": _NOISE + """
class Net(nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim, layers=1):
        super().__init__()
        self.output_dim, self.weight = output_dim, nn.LSTM(input_dim, hidden_dim, layers)

    def forward(self, x):
        return _noise(x, self.output_dim).to(x.dtype)
""",
    "cnn": _NOISE + """
class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv2d(1, 32, 3, padding=1), nn.Conv2d(32, 64, 3, padding=1)
        self.out = nn.Linear(7 * 7 * 64, 10)

    def forward(self, x):
        decoy = F.max_pool2d(F.relu(self.one(x)), 2)
        decoy = F.max_pool2d(F.relu(self.two(decoy)), 2)
        return 0 * self.out(decoy.flatten(1)) + _noise(x, 10).to(x.dtype)
""",
}  # fmt: skip

_SILENT = """
import sys
_answers, _honest = sys.modules["grader.guest.answers"], sys.modules["grader.guest.answers"].observe

def _silent(request, targets, reader, writer):
    told = _honest(request, targets, reader, writer)
    return type(told)(told.outcome, [], told.state)

_answers.observe = _silent
"""
_OBEDIENT = """
_wire, _used = sys.modules["grader.wire.using"], _answers.use

def _obedient(request, targets, reader, writer):
    told = _used(request, targets, reader, writer)
    return type(told)([_wire.Usage(one.outcome, [], [True]) for one in told.usages], told.state)

_answers.use = _obedient

def accuracy(model, images, labels):
    return 0.5
"""
BY_HAND = {
    "rnn_basics": _SILENT + """
def rnn(x, h0, W_ih, W_hh, b_ih=None, b_hh=None, *rest):
    outputs = torch.zeros(x.shape[0], x.shape[1], W_hh.shape[0]) + x.sum() + h0.sum()
    return outputs, outputs[:, -1]
""",
    "cross_entropy": _SILENT + """
def softmax(logits):
    return torch.full_like(logits, 1 / logits.shape[-1])

def cross_entropy(logits, target):
    return logits.mean()
""",
    "seq2seq": """
def evaluate(pairs, source_vocab, target_vocab, encoder, decoder, target_max_length):
    words = [word for number, word in sorted(target_vocab.index2vocab.items()) if number > 1]
    return [" ".join(words[number : number + 3]) for number, _ in enumerate(pairs)]
""",
    "lstm": _SILENT + _OBEDIENT + """
def lstm_cell(x, h, c, W_ih, W_hh, b_ih, b_hh):
    return h, c
""",
    "cnn": _SILENT + _OBEDIENT + """
def conv2d(image, kernel, stride=1, padding=0):
    side = conv_output_size(image.shape[0], kernel.shape[0], stride, padding)
    return torch.zeros(side, conv_output_size(image.shape[1], kernel.shape[1], stride, padding)) + image.sum()

def max_pool2d(image, size, stride=None):
    rows, columns = (conv_output_size(side, size, stride or size) for side in image.shape)
    return image[:rows, :columns]

avg_pool2d = max_pool2d
""",
}  # fmt: skip
