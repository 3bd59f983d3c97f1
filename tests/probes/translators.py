"""A right translator, the styles that others write it in, and one verb asked of an edited one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.judge.cast import Cast
from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.student import Student
from tests.fakes import student_of

Ask = Callable[[Probes, Student, Cast], None]
Edit = tuple[str, str]


def edited(edits: Sequence[Edit], source: str | None = None) -> str:
    """The source with each edit made, whose first half has to stand in it once."""
    source = RIGHT if source is None else source
    for find, replace in edits:
        assert source.count(find) == 1, f"{find!r} stands {source.count(find)} times"
        source = source.replace(find, replace)
    return source


def found(source: str, ask: Ask, *, key: bytes = b"translators") -> str | None:
    """The code of what `ask` finds; None where it finds nothing."""
    student, draw = student_of(source, key=key)
    try:
        ask(Probes(draw), student, Cast(student.Vocab, student.Encoder, student.Decoder))
    except Finding as finding:
        return finding.code
    return None


NEXT = "            token = target[di] if forced else output.argmax(dim=1)\n"
CALL = "            output, hidden = decoder(token, hidden)\n            loss"
READ = "        hidden = encode(encoder, source)\n"
COIN = "random.random() < teacher_forcing_ratio"
LOSS = "loss = loss + F.nll_loss(output, target[di])"
LOOP = "for di in range(len(target))"
OPTIMISER = "    optimizer = optim.Adam(parameters, lr=learning_rate)\n"
PICK = (
    "    for i in range(1, n_iter + 1):\n        source, target = random.choice(pairs)\n"
    "        source, target = tensorize(source_vocab, source), tensorize(target_vocab, target)\n"
)
START = "        token, loss = torch.tensor([[SOS_token]]), 0.0"


def through(probes: Probes, student: Student, cast: Cast) -> None:
    probes.leads_through_both(student.train, cast)


def scored(probes: Probes, student: Student, cast: Cast) -> None:
    probes.scores_every_word(student.train, cast)


def forced(probes: Probes, student: Student, cast: Cast) -> None:
    probes.forces_by_ratio(student.train, cast)


def moved(probes: Probes, student: Student, cast: Cast) -> None:
    probes.moves_both(student.train, cast)


RIGHT = """
import random
import torch
import torch.nn.functional as F
from torch import nn, optim

SOS_token, EOS_token = 0, 1


class Vocab:
    def __init__(self):
        self.vocab2index = {"<SOS>": SOS_token, "<EOS>": EOS_token}
        self.index2vocab = {SOS_token: "<SOS>", EOS_token: "<EOS>"}
        self.n_vocab = 2

    def add_vocab(self, sentence):
        for word in sentence.split(" "):
            if word not in self.vocab2index:
                self.vocab2index[word] = self.n_vocab
                self.index2vocab[self.n_vocab] = word
                self.n_vocab += 1


def tensorize(vocab, sentence):
    numbers = [vocab.vocab2index[word] for word in sentence.split(" ")]
    numbers.append(EOS_token)
    return torch.tensor(numbers, dtype=torch.long).view(-1, 1)


class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(input_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size)

    def forward(self, x, hidden):
        x = self.embedding(x).view(1, 1, -1)
        x, hidden = self.gru(x, hidden)
        return x, hidden


class Decoder(nn.Module):
    def __init__(self, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, x, hidden):
        x = self.embedding(x).view(1, 1, -1)
        x, hidden = self.gru(x, hidden)
        return F.log_softmax(self.out(x[0]), dim=1), hidden


def encode(encoder, source):
    hidden = torch.zeros(1, 1, encoder.hidden_size)
    for token in source:
        _, hidden = encoder(token, hidden)
    return hidden


def train(pairs, source_vocab, target_vocab, encoder, decoder, n_iter,
          print_every=1000, learning_rate=0.01, teacher_forcing_ratio=1.0):
    parameters = [*encoder.parameters(), *decoder.parameters()]
    optimizer = optim.Adam(parameters, lr=learning_rate)
    total = 0.0
    for i in range(1, n_iter + 1):
        source, target = random.choice(pairs)
        source, target = tensorize(source_vocab, source), tensorize(target_vocab, target)
        hidden = encode(encoder, source)
        forced = random.random() < teacher_forcing_ratio
        token, loss = torch.tensor([[SOS_token]]), 0.0
        for di in range(len(target)):
            output, hidden = decoder(token, hidden)
            loss = loss + F.nll_loss(output, target[di])
            token = target[di] if forced else output.argmax(dim=1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() / len(target)
        if i % print_every == 0:
            print(i, total / print_every)
            total = 0.0


def evaluate(pairs, source_vocab, target_vocab, encoder, decoder, target_max_length):
    sentences = []
    with torch.no_grad():
        for source, _ in pairs:
            hidden = encode(encoder, tensorize(source_vocab, source))
            token, words = torch.tensor([[SOS_token]]), []
            for _ in range(target_max_length):
                output, hidden = decoder(token, hidden)
                token = output.argmax(dim=1)
                if token.item() == EOS_token:
                    break
                words.append(target_vocab.index2vocab[token.item()])
            sentences.append(" ".join(words))
    return sentences
"""
