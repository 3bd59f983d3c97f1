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
