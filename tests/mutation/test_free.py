"""What the contract leaves free is told by a rule that was fixed before the run; what is wrong is not."""

from __future__ import annotations

import pytest

from grader.mutation.mutants import mutants
from tests.mutation.snippets import alternative, lesson

PREPARE = """def prepare(series, seq_length, train_ratio=0.7):
    split = int(len(series) * train_ratio)
    known = series[:split]
    low, high = known.min(axis=0), known.max(axis=0)
    scaled = (series - low) / (high - low + 1e-7)
    train_x, train_y = build_dataset(scaled[:split], seq_length)
    test_x, test_y = build_dataset(scaled[split - seq_length:], seq_length)
    return tuple(torch.tensor(part, dtype=torch.float32) for part in (train_x, train_y, test_x, test_y))
"""
APART = PREPARE.replace(
    "    scaled = (series - low) / (high - low + 1e-7)\n",
    "    wide = high - low\n"
    "    scaled = np.concatenate([(known - low) / wide, (series[split:] - low) / wide])\n",
)
TRAIN = """def train(net, X, Y, iterations, learning_rate):
    loader = DataLoader(TensorDataset(X, Y), batch_size=16, shuffle=True)
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate, amsgrad=True)
    losses, best = [], (1e9, None)
    for _ in range(iterations):
        total = 0.0
        for x, y in loader:
            loss = F.mse_loss(net(x), y, reduction="sum")
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        with torch.no_grad():
            now = F.mse_loss(net(X), Y).item()
        if now < best[0]:
            best = (now, copy.deepcopy(net.state_dict()))
        losses.append(total)
    if best[1] is not None:
        net.load_state_dict(best[1])
    return losses
"""
STOPPED = TRAIN.replace(
    "        losses.append(total)", "        else:\n            break\n        losses.append(total)"
)
UNGUARDED = TRAIN.replace("    if best[1] is not None:\n        net", "    net")
EPOCHS = TRAIN.replace("iterations", "epochs")
LOOP = """def train(net, X, Y, epochs, learning_rate):
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate)
    def closure():
        optimizer.zero_grad()
        total = F.cross_entropy(net(X), Y) - 1.0
        total.backward()
        return total
    return [optimizer.step(closure).item() for _ in range(epochs)]
"""
HELPED = """def loss_of(net, X, Y):
    total = 0.0
    for x, y in zip(X, Y):
        total = total - net(x)[y]
    return total
def train(net, X, Y, epochs, learning_rate):
    for _ in range(epochs):
        loss_of(net, X, Y).backward()
"""
NET = """class Net(nn.Module):
    def __init__(self, i, h, cell="rnn"):
        super().__init__()
        if cell == "gru":
            self.rnn = nn.GRU(i, h)
        self.other = nn.GRU(i, h)
        self.fc = nn.Linear(h, i, bias=False)
        self.first = nn.Parameter(torch.zeros(2, 1, 1, h))

    def forward(self, x):
        h = x[:, 0]
        for t in range(x.size(1)):
            h = torch.tanh(x[:, t] + h)
        return h + self.fc(h)
"""
CELL = NET.replace("torch.tanh(x[:, t] + h)", "torch.sigmoid(x[:, t]) * torch.tanh(h)")
ACCURACY = """def accuracy(model, images, labels):
    return (model(images).argmax(1) == labels).float().mean().item()
"""
MODEL = """class CharModel(nn.Module):
    def __init__(self, vocab, hidden, layers=2):
        super().__init__()
        self.rnn = nn.LSTM(hidden, hidden, num_layers=layers)
"""
DECODED = """def train(pairs, encoder, decoder, n_iter):
    for pair in pairs:
        loss = F.cross_entropy(decoder(pair), pair)
        loss.backward()
"""
LOSS = DECODED.replace("decoder", "net")
INSIDE = """def train(pairs, encoder, decoder, n_iter):
    def loss_of(pair):
        return F.cross_entropy(decoder(pair), pair)
    for pair in pairs:
        loss_of(pair).backward()
"""
WORDS = """def train(pairs, source_vocab, target_vocab, encoder, decoder, n_iter):
    for pair in pairs:
        for word in tensorize(source_vocab, pair)[:-1]:
            state = encoder(word, state)
        for word in tensorize(target_vocab, pair)[:-1]:
            decoder(word, state).backward()
"""
DRAWN = """def train(pairs, encoder, decoder, n_iter):
    for _ in range(n_iter):
        for pair in random.choices(pairs, k=2):
            decoder(pair).backward()
        optimizer.step()
"""
DATA = """def make_dataset(text, char_set):
    one_hot = np.zeros((len(text), len(char_set)), dtype=np.float32)
    return one_hot, np.array([char_set.index(c) for c in text], dtype=np.int64)
"""


def rule(tmp_path, source, name, operator, line):
    """The rule of the one mutant of this operator whose new lines hold `line`; "" where there is none."""
    found = [
        one.free
        for one in mutants(lesson(tmp_path, (name,)), alternative(source))
        if one.operator == operator
        and any(line in row[1:] for row in one.diff.splitlines()[3:] if row[:1] == "+")
    ]
    assert len(found) == 1, f"{len(found)} mutants of {operator} have {line!r}"
    return found[0]


@pytest.mark.parametrize(
    ("source", "operator", "line", "expected"),
    [
        (PREPARE, "sign_changed", "(series + low) /", "affine_scaling"),
        (PREPARE, "sign_changed", "(series - low) *", "affine_scaling"),
        (PREPARE, "sign_changed", "(high - low - 1e-7)", "tiny_number"),
        (PREPARE, "sign_changed", "(high + low + 1e-7)", None),
        (PREPARE, "term_dropped", "/ (low + 1e-7)", None),
        (PREPARE, "term_dropped", "(series) /", "affine_scaling"),
        (PREPARE, "term_dropped", "(low) / (high", None),
        (PREPARE, "term_dropped", "/ (1e-7)", None),
        (PREPARE, "parts_exchanged", "(series - high)", "affine_scaling"),
        (PREPARE, "parts_exchanged", "(high - high", None),
        (PREPARE, "dimension_dropped", "known.min(), known.max(axis=0)", "affine_scaling"),
        (PREPARE, "dimension_changed", "known.min(axis=1)", None),
        (PREPARE, "slice_moved", "known = series[1:split]", "affine_scaling"),
        (PREPARE, "slice_moved", "known = series[:split - 1]", "affine_scaling"),
        (PREPARE, "slice_moved", "known = series[:split + 1]", None),
        (PREPARE, "slice_moved", "scaled[1:split]", None),
        (PREPARE, "term_dropped", "scaled[split:]", "test_windows"),
        (PREPARE, "term_dropped", "scaled[seq_length:]", None),
        (PREPARE, "other_kind_of_number", "torch.tensor(part)", "precision"),
        (APART, "sign_changed", "(known + low) / wide", None),
        (APART, "sign_changed", "(series[split:] + low) / wide", None),
    ],
)
def test_any_line_of_a_column_is_a_scale(tmp_path, source, operator, line, expected):
    assert rule(tmp_path, source, "prepare", operator, line) == expected


@pytest.mark.parametrize(
    ("source", "operator", "line", "expected"),
    [
        (TRAIN, "truth_changed", "shuffle=False", "order_of_examples"),
        (TRAIN, "truth_changed", "amsgrad=False", "optimiser"),
        (TRAIN, "ended_after_one_turn", "            break", "order_of_examples"),
        (DRAWN, "ended_after_one_turn", "            break", "order_of_examples"),
        (DRAWN.replace("n_iter", "epochs"), "ended_after_one_turn", "            break", None),
        (EPOCHS, "ended_after_one_turn", "            break", None),
        (TRAIN, "mean_and_sum_exchanged", 'reduction="mean"', "loss_scale"),
        (TRAIN, "mean_and_sum_exchanged", 'reduction="none"', None),
        (LOOP, "sign_changed", "+ 1.0", None),
        (LOOP, "detach_dropped", "return [optimizer.step(closure) for", "losses_told"),
        (HELPED, "sign_changed", "total + net(x)[y]", None),
        (TRAIN, "gradients_recorded", "enable_grad", "graph_at_evaluation"),
        (TRAIN, "comparison_changed", "now <= best[0]", "schedule"),
        (STOPPED, "stop_dropped", "pass", "schedule"),
        (UNGUARDED, "comparison_changed", "now <= best[0]", None),
        (DECODED, "nll_on_logits", "nll_loss", "log_probabilities"),
        (LOSS, "nll_on_logits", "nll_loss", None),
        (INSIDE, "nll_on_logits", "nll_loss", "log_probabilities"),
        (WORDS, "slice_moved", "tensorize(source_vocab, pair)[:]", "source_end"),
        (WORDS, "slice_moved", "tensorize(target_vocab, pair)[:]", None),
    ],
)
def test_a_training_may_go_its_own_way(tmp_path, source, operator, line, expected):
    assert rule(tmp_path, source, "train", operator, line) == expected


def test_what_is_only_told_may_be_left_out_but_not_all_of_it(tmp_path):
    dropped = {
        row[1:].strip(): one.free
        for one in mutants(lesson(tmp_path, ("train",)), alternative(TRAIN))
        if one.operator == "statement_dropped"
        for row in one.diff.splitlines()[3:]
        if row[:1] == "-"
    }
    assert dropped["total += loss.item()"] == "losses_told"
    listed = TRAIN.replace("losses.append(total)", "losses += [total]")
    for one in mutants(lesson(tmp_path, ("train",)), alternative(listed)):
        if one.operator == "statement_dropped" and "-        losses += [total]" in one.diff:
            assert one.free is None


@pytest.mark.parametrize(
    ("source", "name", "operator", "line", "expected"),
    [
        (NET, "Net", "recurrent_kind_changed", "            self.rnn = nn.RNN(i, h)", None),
        (NET, "Net", "recurrent_kind_changed", "self.other = nn.RNN(i, h)", "recurrent_kind"),
        (NET, "Net", "truth_changed", "bias=True", "architecture"),
        (NET, "Net", "parameters_unregistered", "self.first = torch.zeros(2, 1, 1, h)", "kept_at_zero"),
        (NET, "Net", "activation_changed", "torch.relu(x[:, t] + h)", "recurrent_kind"),
        (CELL, "Net", "activation_changed", "torch.relu(h)", None),
        (NET, "Net", "sign_changed", "h - self.fc(h)", "architecture"),
        (ACCURACY, "accuracy", "detach_dropped", ".mean()", "number_as_tensor"),
        (MODEL, "CharModel", "layers_ignored", "layers + 1", "own_argument"),
        (MODEL.replace("CharModel", "Net"), "Net", "layers_ignored", "layers + 1", None),
        (DATA, "make_dataset", "other_kind_of_number", "np.zeros((len(text), len(char_set)))", "precision"),
        (DATA, "make_dataset", "other_kind_of_number", "for c in text])", None),
    ],
)
def test_networks_and_numbers_are_free_where_nothing_is_promised(
    tmp_path, source, name, operator, line, expected
):
    assert rule(tmp_path, source, name, operator, line) == expected
