"""All mutants of a solution: none twice, none the same, each with what is known of it."""

from __future__ import annotations

import ast
import json
from collections import Counter

import pytest

from grader.errors import LessonError
from grader.lesson import find
from grader.mutation.mutants import mutants
from grader.solutions import variants
from tests.mutation.snippets import alternative, lesson, reference

TRAIN = """def train(net, X, Y, epochs, learning_rate):
    optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate)
    losses = []
    for _ in range(epochs):
        loss = F.mse_loss(net(X), Y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item() * 2)
    return losses
"""
NAMES = ["rnn_basics", "packed_sequence", "seq2seq", "cross_entropy"]


@pytest.mark.parametrize("name", NAMES)
def test_mutants_of_a_reference_are_many_different_and_python(name):
    opened = find(name)
    base = next(variant for variant in variants(opened) if variant.kind == "reference")
    made = mutants(opened, base)
    assert 50 <= len(made) <= 300
    assert len({mutant.content for mutant in made}) == len(made)
    assert len({mutant.digest for mutant in made}) == len(made)
    assert made == mutants(opened, base)
    for mutant in made:
        assert mutant.content != base.content
        assert mutant.diff.startswith(f"--- cell {mutant.cell}\n")
        sources = [
            "".join(cell["source"])
            for cell in json.loads(mutant.content)["cells"]
            if cell["cell_type"] == "code"
        ]
        ast.parse(sources[mutant.cell - 1])
        assert mutant.names or mutant.free
        assert mutant.base == "reference"
    most = Counter(mutant.operator for mutant in made).most_common(1)[0][1]
    assert most <= len(made) / 3


def test_a_mutant_says_where_it_is_and_what_it_would_be_called(tmp_path):
    made = mutants(lesson(tmp_path, ("train",)), alternative("import torch", TRAIN))
    (missing,) = [mutant for mutant in made if mutant.operator == "zero_grad_dropped"]
    assert (missing.cell, missing.line, missing.base) == (2, 6, "alternatives/other")
    assert missing.names == ("train.zero_grad_missing",)
    assert missing.free is None
    assert "-        optimizer.zero_grad()" in missing.diff.splitlines()
    assert b"zero_grad" not in missing.content
    assert missing.submission().content == missing.content


def test_the_same_edit_by_two_operators_counts_once_under_the_first(tmp_path):
    made = mutants(
        lesson(tmp_path, ("make_windows",)), alternative("def make_windows(x):\n    return x[1:]\n")
    )
    unshifted = [mutant for mutant in made if "+    return x[:-1]" in mutant.diff]
    assert [mutant.operator for mutant in unshifted] == ["target_not_shifted"]


def test_what_the_contract_leaves_free_is_told_by_its_rule(tmp_path):
    made = mutants(lesson(tmp_path, ("train",)), alternative(TRAIN))
    free = {
        line[1:].strip(): mutant.free
        for mutant in made
        for line in mutant.diff.splitlines()[3:]
        if line[0] == "+"
    }
    rate = "optimizer = torch.optim.Adam(net.parameters(), lr=learning_rate {})"
    assert free[rate.format("* 1.5")] == "learning_rate"
    assert free[rate.format("* 1e4")] is None
    assert free["losses.append(loss.item() * 3)"] == "losses_told"
    assert free["for _ in range(3):"] is None


NETWORKS = """class Tagger(nn.Module):
    def __init__(self, i, h, c):
        super().__init__()
        self.W = nn.Parameter(torch.randn(i, h) * 0.3)
        self.b = nn.Parameter(torch.zeros(h))
        self.two = nn.Parameter(torch.zeros(h, h))
        self.h0 = nn.Parameter(torch.zeros(1, h), requires_grad=False)

    def step(self, word, c):
        for f in word.chunk(4):
            c = torch.sigmoid(f) * c
        return c

    def read(self, word, lengths):
        return word.float(), lengths

    def forward(self, x, lengths):
        return x.float() @ self.W * 0.5, lengths


class CNN(nn.Module):
    def forward(self, x):
        x = x.permute(1, 0, 2, 3).reshape(len(x), 4, 4, 1)
        return x.permute(0, 2, 3, 1).reshape(len(x), -1) @ self.W
"""


@pytest.mark.parametrize(
    ("operator", "line", "rule"),
    [
        ("activation_changed", "c = torch.tanh(f) * c", "recurrent_kind"),
        ("activation_changed", "c = torch.relu(f) * c", None),
        ("parameters_unregistered", "self.W = (torch.randn(i, h) * 0.3)", None),
        ("parameters_unregistered", "self.b = torch.zeros(h)", "kept_at_zero"),
        ("parameters_unregistered", "self.two = torch.zeros(h, h)", None),
        ("parameters_unregistered", "self.h0 = torch.zeros(1, h)", "kept_at_zero"),
        ("other_kind_of_number", "return x @ self.W * 0.5, lengths", "single_precision"),
        ("other_kind_of_number", "return word, lengths", None),
        ("answers_exchanged", "return x.float() @ self.W * 0.5", "answer_alone"),
        ("answers_exchanged", "return lengths, x.float() @ self.W * 0.5", None),
        ("answers_exchanged", "return word.float()", None),
        ("transpose_dropped", "return x.reshape(len(x), -1) @ self.W", "feature_order"),
        ("transpose_dropped", "x = x.reshape(len(x), 4, 4, 1)", None),
    ],
)
def test_networks_are_free_where_the_contract_says_nothing(tmp_path, operator, line, rule):
    made = mutants(lesson(tmp_path, ("Tagger", "CNN")), alternative(NETWORKS))
    (found,) = [
        one
        for one in made
        if one.operator == operator and line in [added[1:].strip() for added in one.diff.splitlines()]
    ]
    assert found.free == rule


def test_what_a_network_may_leave_out(tmp_path):
    source = """class Net(nn.Module):
    def __init__(self, input_size, hidden_size=8, slope=0.1):
        super().__init__()
        self.fc = nn.Linear(input_size, hidden_size)
        self.drop = nn.Dropout(0.2)
        self.bias = nn.Parameter(torch.zeros(hidden_size))
        self.turn = nn.Parameter(torch.zeros(3, hidden_size) + slope)

    def forward(self, x):
        return self.fc(self.drop(x)) + self.bias
"""
    made = mutants(lesson(tmp_path, ("Net",)), alternative(source))
    free = {(mutant.operator, mutant.line, mutant.free) for mutant in made}
    assert ("layer_skipped", 10, "dropout_rate") in free
    assert ("layer_skipped", 10, None) in free, "the Linear layer may not"
    assert ("parameters_unregistered", 6, "kept_at_zero") in free
    assert ("parameters_unregistered", 7, None) in free
    assert ("argument_ignored", 4, None) in free, "the contract promises hidden_size"
    assert ("argument_ignored", 7, "own_argument") in free


def test_what_only_writes_may_cut_the_state(tmp_path):
    source = """def {}(cell, x, steps):
    h, written = torch.zeros_like(x), []
    for _ in range(steps):
        h = cell(x, h)
        written.append(h)
    return torch.stack(written, 1), h
"""
    for name, rule in [("one_to_many", "written_without_learning"), ("rnn", None)]:
        made = mutants(lesson(tmp_path, (name,)), alternative(source.format(name)))
        assert {one.free for one in made if one.operator == "state_detached"} == {rule}


def test_a_softmax_may_leave_out_the_shift_and_a_formula_the_cast(tmp_path):
    source = """def {}(scores):
    scores = scores.float() - scores.max(dim=1, keepdim=True).values
    return scores.exp() / scores.exp().sum(1, keepdim=True)
"""
    softmax = mutants(lesson(tmp_path, ("softmax",)), alternative(source.format("softmax")))
    rules = {(one.operator, one.free) for one in softmax if one.line == 2}
    assert {("sign_changed", "softmax_range"), ("other_kind_of_number", "precision")} <= rules
    assert {free for operator, free in rules if operator == "term_dropped"} == {"softmax_range", None}
    loss = mutants(lesson(tmp_path, ("cross_entropy",)), alternative(source.format("cross_entropy")))
    assert "softmax_range" not in {one.free for one in loss}


def test_what_only_scales_a_loss_and_what_moves_weights(tmp_path):
    source = """def train(net, X, Y, epochs, learning_rate):
    optimizer = torch.optim.{}(net.parameters(), lr=learning_rate / 4)
    losses = []
    def closure():
        loss = F.cross_entropy(net(X), Y, reduction="sum") / Y.numel()
        loss.backward()
        return loss
    for _ in range(epochs):
        losses.append(optimizer.step(closure).item())
    return losses
"""
    for optimiser, rule in [("Adam", "loss_scale"), ("SGD", None)]:
        made = mutants(lesson(tmp_path, ("train",)), alternative(source.format(optimiser)))
        free = {(one.operator, one.line): one.free for one in made if "* 1e4" not in one.diff}
        assert free["sign_changed", 5] == rule
        assert "learning_rate" in {
            one.free for one in made if (one.operator, one.line) == ("term_dropped", 2)
        }
        assert {one.free for one in made if "* 1e4" in one.diff} == {None}, "the optimiser is no report"


def test_a_rate_of_dropout_and_a_beginning_are_free_wherever_they_are_written(tmp_path):
    source = """class Net(nn.Module):
    def __init__(self, i, h, layers):
        drop = 0.1 if layers > 1 else 0.0
        self.rnn = nn.LSTM(i, h, layers, dropout=drop)
        self.W = nn.Parameter(torch.randn(h, i) / h**0.5)
        self.scale = h**0.5

    def forward(self, x):
        for layer in range(2):
            x = self.rnn(x, layer)
        return x


def train(net, pairs):
    for pair in random.choices(pairs, k=2):
        net(pair)
"""
    made = mutants(lesson(tmp_path, ("Net", "train")), alternative(source))
    free = {
        line[1:].strip(): mutant.free
        for mutant in made
        for line in mutant.diff.splitlines()[3:]
        if line[0] == "+"
    }
    assert free["drop = 0.0 if layers > 1 else 0.1"] == "dropout_rate"
    assert free["drop = 0.0 if layers > 1 else 0.0"] == "dropout_rate"
    assert free["self.W = nn.Parameter(torch.randn(h, i) / h**5.0)"] == "start"
    assert free["self.scale = h**5.0"] is None
    assert free["for pair in random.choices(pairs, k=1):"] == "batch_size"
    assert "for layer in reversed(range(2)):" in free


def test_layers_made_in_another_order_are_not_read_backwards(tmp_path):
    source = """class Net(nn.Module):
    def __init__(self, layers):
        for n in range(layers):
            self.add(n)
"""
    made = mutants(lesson(tmp_path, ("Net",)), alternative(source))
    assert "walked_backwards" not in {mutant.operator for mutant in made}


def test_labels_cut_in_other_pieces_than_their_images_are_no_free_choice(tmp_path):
    source = """def accuracy(model, images, labels):
    right = 0
    for x, y in zip(images.split(64), labels.split(64)):
        right += (model(x) == y).sum()
    return right
"""
    made = mutants(lesson(tmp_path, ("accuracy",)), alternative(source))
    cut = [mutant for mutant in made if ".split(65)" in mutant.diff]
    assert cut
    assert {mutant.free for mutant in cut} == {None}


def test_a_lesson_names_what_it_leaves_free(tmp_path):
    source = "def attend(x):\n    width = 5\n    other = 6\n    return x[width, other]\n"
    own = lesson(tmp_path, ("attend",), '\n[mutation]\nfree = ["width"]\n')
    free = {
        mutant.diff.split("+    ")[1].split("\n")[0]: mutant.free
        for mutant in mutants(own, alternative(source))
    }
    assert free["width = 6"] == "lesson"
    assert free["other = 7"] is None


def test_a_free_name_that_is_none_is_the_authors_to_mend(tmp_path):
    with pytest.raises(LessonError, match="free"):
        lesson(tmp_path, ("attend",), "\n[mutation]\nfree = [3]\n")


AUTHORS = """
import libcst as cst

from grader.mutation.operator import operator


@operator(cst.Name, group="attention", names=("attention.scale_missing",))
def query_for_key(name, code):
    if name.value == "key":
        yield "query"


OPERATORS = (query_for_key,)
"""


def test_an_author_adds_operators(tmp_path):
    own = lesson(tmp_path, ("attend",))
    (own.solutions / "mutations.py").write_text(AUTHORS, "utf-8")
    made = mutants(
        own,
        reference(
            "def attend(query, key):\n    ### BEGIN SOLUTION\n    return query @ key\n    ### END SOLUTION"
        ),
    )
    (first, *_) = made
    assert (first.operator, first.group, first.names) == (
        "query_for_key",
        "attention",
        ("attention.scale_missing",),
    )
    assert "+    return query @ query" in first.diff


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("OPERATORS = 3", "OPERATORS"),
        ("import nothing_of_this_name", "cannot be imported"),
        ("", "OPERATORS"),
    ],
)
def test_an_authors_file_that_does_not_fit_says_what_to_do(tmp_path, content, said):
    own = lesson(tmp_path, ("attend",))
    (own.solutions / "mutations.py").write_text(content, "utf-8")
    with pytest.raises(LessonError, match=said):
        mutants(own, reference("x = 1"))
