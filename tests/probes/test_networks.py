"""Vocabularies, columns of numbers, an encoder and a decoder by themselves."""

from __future__ import annotations

import pytest

from grader.judge.cast import Cast
from grader.judge.probes import Probes
from grader.judge.student import Student
from tests.probes.translators import Edit, edited, found


def words(probes: Probes, student: Student, _: Cast) -> None:
    probes.numbers_words(student.Vocab)


def columns(probes: Probes, student: Student, _: Cast) -> None:
    probes.tensorizes(student.tensorize, student.Vocab)


def encoder(probes: Probes, student: Student, _: Cast) -> None:
    probes.encodes(student.Encoder(11, 6), words=11, hidden=6)


def decoder(probes: Probes, student: Student, _: Cast) -> None:
    probes.decodes(student.Decoder(6, 9), words=9, hidden=6)


TABLES = """        self.vocab2index = {"<SOS>": SOS_token, "<EOS>": EOS_token}
        self.index2vocab = {SOS_token: "<SOS>", EOS_token: "<EOS>"}
        self.n_vocab = 2
"""
ADD = """            if word not in self.vocab2index:
                self.vocab2index[word] = self.n_vocab
                self.index2vocab[self.n_vocab] = word
                self.n_vocab += 1
"""
LIST = TABLES.replace('{SOS_token: "<SOS>", EOS_token: "<EOS>"}', '["<SOS>", "<EOS>"]')


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        (None, []),
        (None, [(TABLES, TABLES.replace('{"<SOS>": SOS_token, "<EOS>": EOS_token}', "{}"))]),
        (None, [(TABLES, LIST), ("self.index2vocab[self.n_vocab] = word", "self.index2vocab.append(word)")]),
        (
            None,
            [
                (
                    TABLES,
                    TABLES.replace('"<EOS>": EOS_token}', '"<EOS>": EOS_token, "<PAD>": 2}')
                    .replace('EOS_token: "<EOS>"}', 'EOS_token: "<EOS>", 2: "<PAD>"}')
                    .replace("= 2", "= 3"),
                )
            ],
        ),
        (None, [('for word in sentence.split(" "):', "for word in sorted(set(sentence.split())):")]),
        (
            "vocab.not_inverse",
            [("self.index2vocab[self.n_vocab] = word", "self.index2vocab[len(word)] = word")],
        ),
        ("vocab.not_inverse", [(TABLES, TABLES.replace('"<SOS>": SOS_token', '"<SOS>": EOS_token'))]),
        ("vocab.not_inverse", [(TABLES, TABLES.replace('EOS_token: "<EOS>"}', 'SOS_token: "<EOS>"}'))]),
        (
            None,
            [(TABLES, TABLES.replace('{SOS_token: "<SOS>", EOS_token: "<EOS>"}', '{0: "SOS", 1: "EOS"}'))],
        ),
        (None, [(TABLES, TABLES.replace('{SOS_token: "<SOS>", EOS_token: "<EOS>"}', "{}"))]),
        ("vocab.special_taken", [(TABLES, TABLES.replace("n_vocab = 2", "n_vocab = 0"))]),
        ("vocab.repeats_counted", [(ADD, ADD.replace("if word not in self.vocab2index:", "if True:"))]),
        ("vocab.size_wrong", [(ADD, ADD + "        self.n_vocab += 1\n")]),
        ("vocab.words_missing", [('sentence.split(" "):\n            if', "sentence:\n            if")]),
        (
            "vocab.words_missing",
            [
                ("class Vocab:", "class Vocab:\n    def keep(self, sentence):\n        pass\n"),
                (ADD, "            self.keep(word)\n"),
            ],
        ),
        (
            "vocab.shared",
            [
                (
                    "class Vocab:\n",
                    'class Vocab:\n    vocab2index = {}\n    index2vocab = {0: "SOS", 1: "EOS"}\n',
                ),
                (TABLES, "        self.n_vocab = len(self.index2vocab)\n"),
            ],
        ),
        (
            "reply.malformed",
            [
                (TABLES, TABLES + "        self.vocab2index = list(self.vocab2index)\n"),
                (ADD, "            pass\n"),
            ],
        ),
        ("call.failed", [("self.n_vocab", "self.size")]),
    ],
)
def test_tables_of_words(code: str | None, edits: list[Edit]) -> None:
    source = edited([])
    for find, replace in edits:
        assert find in source
        source = source.replace(find, replace)
    assert found(source, words) == code


TENSOR = "torch.tensor(numbers, dtype=torch.long).view(-1, 1)"


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        (None, []),
        (None, [(TENSOR, "torch.LongTensor([[n] for n in numbers])")]),
        ("seq2seq.eos_missing", [("    numbers.append(EOS_token)\n", "")]),
        ("seq2seq.eos_missing", [("numbers.append(EOS_token)", "numbers.append(SOS_token)")]),
        ("encode.wrong", [("numbers.append(EOS_token)", "numbers = numbers[::-1] + [EOS_token]")]),
        ("shape.wrong", [("numbers.append(EOS_token)", "numbers = [SOS_token, *numbers, EOS_token]")]),
        ("shape.axes_swapped", [(".view(-1, 1)", ".view(1, -1)")]),
        ("shape.wrong", [(".view(-1, 1)", "")]),
        ("dtype.wrong", [("dtype=torch.long", "dtype=torch.float")]),
        ("dtype.wrong", [("dtype=torch.long", "dtype=torch.int32")]),
        ("reply.malformed", [(TENSOR, "numbers")]),
    ],
)
def test_columns_of_numbers(code: str | None, edits: list[Edit]) -> None:
    assert found(edited(edits), columns) == code


READ = "        x, hidden = self.gru(x, hidden)\n        return x, hidden\n"
WORDS = "        self.embedding = nn.Embedding(input_size, hidden_size)\n"
LOOK = "        x = self.embedding(x).view(1, 1, -1)\n"


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        (None, []),
        ("encoder.input_ignored", [(READ, READ.replace("gru(x,", "gru(0 * x,"))]),
        ("encoder.state_ignored", [(READ, READ.replace("gru(x, hidden)", "gru(x)"))]),
        (
            "model.unregistered_parameters",
            [
                (READ, READ.replace("gru(x,", "gru(x + self.more[0],")),
                (WORDS, WORDS + "        self.more = [nn.Parameter(torch.zeros(hidden_size))]\n"),
            ],
        ),
        ("encoder.input_ignored", [(READ, READ.replace("x, hidden =", "x, _ ="))]),
        ("shape.wrong", [(READ, READ.replace("return x, hidden", "return hidden"))]),
        ("shape.wrong", [(READ, READ.replace("return x, hidden", "return x, hidden[0]"))]),
        (
            "eval.state_carried_over",
            [
                (
                    READ,
                    "        hidden = hidden + getattr(self, 'last', 0)\n"
                    + READ.replace("        return", "        self.last = hidden\n        return"),
                )
            ],
        ),
    ],
)
def test_an_encoder_by_itself(code: str | None, edits: list[Edit]) -> None:
    assert found(edited(edits), encoder) == code


@pytest.mark.parametrize(
    "look",
    [
        "        x = self.embedding(x.view(1, 1))\n",
        "        x = self.embedding(x)[None]\n",
        "        x = self.embedding(x)[None, None]\n",
        "        rows = self.embedding.weight\n"
        "        x = (F.one_hot(x, len(rows)).to(rows.dtype) @ rows).view(1, 1, -1)\n",
        "        x = self.embedding(x).reshape(1, 1, -1)\n        hidden = hidden.to(x.dtype)\n",
    ],
)
def test_tokens_of_any_shape_are_fine(look: str) -> None:
    source = edited([])
    assert source.count(LOOK) == 2
    source = source.replace(LOOK, look)
    assert found(source, encoder) is None
    assert found(source, decoder) is None


def test_two_states_are_fine() -> None:
    source = edited([]).replace("nn.GRU(", "nn.LSTM(")
    assert found(source, encoder) is None
    assert found(source, decoder) is None


OUT = "        self.out = nn.Linear(hidden_size, output_size)\n"
ANSWER = "F.log_softmax(self.out(x[0]), dim=1), hidden"
STEP = "        x, hidden = self.gru(x, hidden)\n        return F"


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        (None, []),
        (None, [(ANSWER, "F.softmax(self.out(x[0]), dim=1).clamp(min=1e-9).log(), hidden")]),
        ("loss.nll_on_probabilities", [("log_softmax(self", "softmax(self")]),
        ("ce.softmax_over_batch", [("dim=1), hidden", "dim=0), hidden")]),
        ("ce.softmax_over_batch", [("log_softmax(self.out(x[0]), dim=1)", "softmax(self.out(x[0]), dim=0)")]),
        ("loss.nll_on_logits", [(ANSWER, "self.out(x[0]), hidden")]),
        ("shape.wrong", [(ANSWER, "F.log_softmax(self.out(x), dim=2), hidden")]),
        ("shape.batch_lost", [(ANSWER, "F.log_softmax(self.out(x[0, 0]), dim=0), hidden")]),
        ("shape.wrong", [(ANSWER, "F.log_softmax(self.out(x[0]), dim=1)")]),
        ("grad.frozen_parameters", [(OUT, OUT + "        self.out.requires_grad_(False)\n")]),
        ("decoder.input_ignored", [(STEP, STEP.replace("gru(x,", "gru(0 * x,"))]),
        ("decoder.state_ignored", [(STEP, STEP.replace("gru(x, hidden)", "gru(x)"))]),
        ("decoder.state_not_updated", [(STEP, STEP.replace("x, hidden =", "x, _ ="))]),
        (
            "model.hidden_size_missing",
            [
                (
                    "        self.hidden_size = hidden_size\n        self.embedding = nn.Embedding(output",
                    "        self.size = hidden_size\n        self.embedding = nn.Embedding(output",
                )
            ],
        ),
        ("call.failed", [("nn.Linear(hidden_size, output_size)", "nn.Linear(output_size, hidden_size)")]),
    ],
)
def test_a_decoder_by_itself(code: str | None, edits: list[Edit]) -> None:
    assert found(edited(edits), decoder) == code
