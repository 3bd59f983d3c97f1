"""Texts: vocabularies, windows and stitching, writing letter by letter, a language, gradients in time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes import Probes, generating, reach
from grader.judge.probes.lexicon import ALPHABET, certain, drawn_lexicon
from grader.judge.student import Student
from tests.fakes import student_of
from tests.probes.letters_models import FIT, FITS, GENERATE, GENERATES, HEAD, MODEL, MODELS


def found(ask: Callable[[Probes, Student], Any], *cells: str) -> str | None:
    """The code of what `ask` finds in a notebook with these cells; None where it finds nothing."""
    student, draw = student_of(HEAD, *cells)
    probes = Probes(draw)
    try:
        ask(probes, student)
    except Finding as finding:
        return finding.code
    return ", ".join(remark.code for remark in probes.remarks) or None


@pytest.mark.parametrize(
    ("char_set", "char_dic", "code"),
    [
        ("sorted(set(sample))", "{c: i for i, c in enumerate(char_set)}", None),
        ("list(dict.fromkeys(sample))", "dict(zip(char_set, range(99)))", None),
        ("sorted(set(sample), reverse=True)", "{c: char_set.index(c) for c in char_set}", None),
        ("['<pad>', *sorted(set(sample))]", "{c: i for i, c in enumerate(char_set)}", None),
        ("list(set(sample))", "{c: i for i, c in enumerate(char_set)}", "vocab.order_random"),
        ("sorted(sample)", "{c: i for i, c in enumerate(char_set)}", "vocab.not_inverse"),
        ("sorted(set(sample))", "{c: i + 1 for i, c in enumerate(char_set)}", "vocab.not_inverse"),
        ("sorted(set(sample))", "{i: c for i, c in enumerate(char_set)}", "vocab.not_inverse"),
        ("sorted(set(sample))", "{c: i for i, c in enumerate(dict.fromkeys(sample))}", "vocab.not_inverse"),
        ("sorted(set(sample))[1:]", "{c: i for i, c in enumerate(char_set)}", "vocab.not_inverse"),
        ("sorted(set(sample))", "len(char_set)", "reply.malformed"),
        ("''.join(sorted(set(sample)))", "{c: char_set.find(c) for c in char_set}", None),
        ("np.unique(list(sample)).tolist()", "{c: i for i, c in enumerate(char_set)}", None),
        ("sorted(Counter(sample), key=ord)", "{c: i for i, c in enumerate(char_set)}", None),
        (
            "[chr(n) for n in torch.tensor([ord(c) for c in sample]).unique()]",
            "{c: torch.tensor(i) for i, c in enumerate(char_set)}",
            None,
        ),
        ("re.findall(r'(?s)(.)(?!.*\\1)', sample)", "dict(zip(char_set, range(len(char_set))))", None),
        ("sorted(set(sample.lower()))", "{c: i for i, c in enumerate(char_set)}", "vocab.not_inverse"),
        (
            "sorted(set(sample.casefold() + 'ABC'))",
            "{c: i for i, c in enumerate(char_set)}",
            "vocab.not_inverse",
        ),
        (
            "sorted(c for c in set(sample) if c.isalpha() or c in ' ,')",
            "{c: i for i, c in enumerate(char_set)}",
            "vocab.not_inverse",
        ),
        (
            "sorted(set(sample) - {'\\n', '\\t'})",
            "{c: i for i, c in enumerate(char_set)}",
            "vocab.not_inverse",
        ),
    ],
)
def test_vocabularies(char_set: str, char_dic: str, code: str | None) -> None:
    source = "import re, numpy as np\nfrom collections import Counter\n"
    source += f"def build_vocab(sample):\n    char_set = {char_set}\n    return char_set, {char_dic}\n"
    assert found(lambda probes, student: probes.numbers_letters(student.build_vocab), source) == code


CUT = """
def make_windows(sentence, T, char_dic):
    d = [char_dic[c] for c in sentence]
    X = [d[n:n + T] for n in range(len(d) - T)]
    Y = [d[n + 1:n + T + 1] for n in range(len(d) - T)]
    return torch.tensor(X), torch.tensor(Y)
"""


ONCE = "torch.tensor([*dict.fromkeys((*x, y[-1]) for x, y in zip(X, Y))])"
"""Windows with their targets, each once."""


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("", "", None),
        ("torch.tensor(X), torch.tensor(Y)", "torch.tensor(X).numpy(), torch.tensor(Y).numpy()", None),
        ("len(d) - T)", "len(d) - T - 1)", "window.count"),
        ("len(d) - T)", "len(d) - T + 1)", "window.count"),
        ("range(len(d) - T)]\n    Y", "range(1, len(d) - T)]\n    Y", "window.order"),
        ("range(len(d)", "range(0, len(d)", None),
        ("X = [d[n:n + T]", "X = [d[n:n + T][::-1]", "window.time_reversed"),
        ("d[n + 1:n + T + 1]", "d[n:n + T]", "train.target_not_shifted"),
        ("d[n + 1:n + T + 1]", "(d + d)[n + 2:n + T + 2]", "window.target_too_late"),
        ("d[n + 1:n + T + 1]", "(d[-1:] + d)[n:n + T]", "train.target_shifted_wrong_way"),
        ("d[n + 1:n + T + 1]", "[d[n + T]] * T", "window.target_wrong"),
        ("torch.tensor(Y)", "torch.tensor(X).roll(-1, 1)", "window.target_wrong"),
        (
            "torch.tensor(Y)",
            "torch.tensor(Y).clone().index_fill_(1, torch.tensor(2), 0)",
            "window.target_wrong",
        ),
        ("[char_dic[c] for c in sentence]", "[99 - char_dic[c] for c in sentence]", "encode.wrong"),
        ("torch.tensor(X),", "torch.tensor(X).T,", "shape.axes_swapped"),
        ("torch.tensor(Y)", "torch.tensor(Y)[:, -1]", "shape.wrong"),
        ("torch.tensor(Y)", "torch.tensor(Y).int()", "dtype.wrong"),
        ("torch.tensor(X), torch.tensor(Y)", "X, Y", "reply.malformed"),
        ("torch.tensor(X), torch.tensor(Y)", f"{ONCE}[:, :-1], {ONCE}[:, 1:]", "window.count"),
        ("torch.tensor(X)", "torch.tensor(list({tuple(x): x for x in X}.values()))", "window.count"),
        ("torch.tensor(Y)", "torch.tensor(list({tuple(y): y for y in Y}.values()))", "window.count"),
        (
            "torch.tensor(Y)",
            "torch.tensor([dict(zip(map(tuple, X), Y))[tuple(x)] for x in X])",
            "window.target_wrong",
        ),
    ],
)
def test_windows(old: str, new: str, code: str | None) -> None:
    source = CUT.replace(old, new) if old else CUT
    assert found(lambda probes, student: probes.cuts_windows(student.make_windows), source) == code


def test_targets_that_are_wrong_in_one_window_are_shown_there() -> None:
    student, draw = student_of(HEAD, CUT.replace("torch.tensor(Y)", "torch.tensor(X).roll(-1, 0)"))
    with pytest.raises(Finding) as caught:
        Probes(draw).cuts_windows(student.make_windows)
    facts = caught.value.facts
    text, steps = str(facts["text"]), int(facts["steps"])
    assert caught.value.code == "window.target_wrong"
    assert (facts["window"], facts["expected"], facts["got"]) == (8, text[-steps:], text[:steps])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("''.join(s[i] for i in [*b[0], *b[1:, -1]])", None),
        ("[s[i] for i in b[0]] + [s[w[-1]] for w in b[1:]]", None),
        ("''.join(s[i] for i in [*b[0], *b[1:, 0]])", "text.stitched_wrong"),
        ("''.join(s[i] for i in [*b[0], *b[1:, 1]])", "text.stitched_wrong"),
        ("''.join(s[i] for i in [*b[0], *b[1:, -1].flip(0)])", "text.stitched_wrong"),
        ("''.join(s[i] for i in [*b[-1], *b[:-1, -1]])", "text.stitched_wrong"),
        ("''.join(sorted(s)[i] for i in [*b[0], *b[1:, -1]])", "text.letters_wrong"),
        ("''.join(s[i] for i in [*outputs.argmin(2)[0], *outputs.argmin(2)[1:, -1]])", "text.letters_wrong"),
        ("''.join(s[i] for i in b.flatten())", "text.stitched_wrong"),
        ("''.join(s[i] for i in b[:, -1])", "text.wrong_length"),
        ("''.join(s[i] for i in [*b[0], *b[:, -1]])", "text.wrong_length"),
        ("b[0]", "reply.malformed"),
        ("''.join(s[i] for i in [*b[0], *b[1:, -1].squeeze()])", "call.failed"),
        ("''.join(s[i] for i in [*b[0], *(b[1:, -1] if len(b) > 2 else b[1:, 0])])", "text.stitched_wrong"),
    ],
)
def test_stitching(body: str, code: str | None) -> None:
    source = f"def stitch(outputs, s):\n    b = outputs.argmax(2)\n    return {body}\n"
    assert found(lambda probes, student: probes.stitches(student.stitch), source) == code


@pytest.mark.parametrize("best", ["argmax(1)", "softmax(1).argmax(2)", "softmax(0).argmax(2)"])
def test_the_winner_across_steps_or_windows_is_named(best: str) -> None:
    source = f"def stitch(o, s):\n    b = o.{best}\n    return ''.join(s[i] for i in [*b[0], *b[1:, -1]])\n"
    assert found(lambda probes, student: probes.stitches(student.stitch), source) == "text.argmax_axis"


def written(model: str, generate: str, *cells: str) -> str | None:
    def ask(probes: Probes, student: Student) -> None:
        probes.feeds_letters_back(student.generate, student.CharModel(generating.LETTERS, 10))

    return found(ask, *cells, model, generate)


@pytest.mark.parametrize("generate", [GENERATE, *GENERATES.values()], ids=["reads all again", *GENERATES])
def test_writing_in_every_style(generate: str) -> None:
    assert written(MODEL, generate) is None


@pytest.mark.parametrize("name", [name for name in MODELS if "state" not in name])
def test_writing_with_every_model(name: str) -> None:
    assert written(MODELS[name], GENERATE) is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("for letter in text]", "for letter in start]", "text.not_fed_back"),
        ("for letter in text]", "for letter in text[-1:]]", "text.context_lost"),
        ("text = start\n", "text = start[:1]\n", "text.context_lost"),
        ("text[len(start):]", "text", "text.wrong_length"),
        ("range(length)", "range(length - 1)", "text.wrong_length"),
        ("[0, -1].argmax()", "[0, 0].argmax()", "text.not_fed_back"),
        ("[0, -1].argmax()", "[0].argmax(0)[-1]", "text.argmax_axis"),
        ("[0, -1].argmax()", "[0, -1].argmin()", "text.letters_wrong"),
        ("text += ", "text += 'the known text'[len(text)] or ", "eval.uses_target"),
        ("for letter in text]", "for letter in (start + 'known letters')[:len(text)]]", "eval.uses_target"),
        ("text[len(start):]", "len(text)", "reply.malformed"),
        ("text[len(start):]", "text[len(start):].strip()", "text.wrong_length"),
        ("text[len(start):]", "text[len(start):].lstrip()", "text.wrong_length"),
        ("text[len(start):]", "text[len(start):].rstrip()", "text.wrong_length"),
        ("text[len(start):]", "text[len(start):].strip(' ')", "text.wrong_length"),
        ("text[len(start):]", "text[len(start):].rstrip('\\n')", "text.wrong_length"),
        ("text[len(start):]", "text[len(start):].split('\\n')[0]", "text.wrong_length"),
        ("text[len(start):]", "text[len(start):].replace('\\t', ' ')", "text.letters_wrong"),
        (
            "item()]\n",
            "item()]\n            if text.endswith('\\n'):\n                break\n",
            "text.wrong_length",
        ),
    ],
)
def test_each_way_of_not_reading_is_named(old: str, new: str, code: str) -> None:
    body = GENERATE.replace("text[len(start):]", "text[1:]") if new == "start[:1]" else GENERATE
    if new == "text = start[:1]\n":
        body = GENERATE.replace("text[len(start):]", "text[1:]")
    assert written(MODEL, body.replace(old, new)) == code


def reached(model: str) -> str | None:
    def ask(probes: Probes, student: Student) -> None:
        probes.gradient_reaches_every_step(student.CharModel(reach.LETTERS, 9))

    return found(ask, model)


@pytest.mark.parametrize("model", [MODEL, *MODELS.values()], ids=["embedding", *MODELS])
def test_gradients_that_reach_the_first_letter(model: str) -> None:
    student, draw = student_of(HEAD, model)
    assert reach.gradient_reaches_every_step(student.CharModel(reach.LETTERS, 9), draw)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("matrices by hand", "h @ self.W)", "h.detach() @ self.W)"),
        (
            "a table from which rows are picked by one-hot rows",
            ", h)\n",
            ", None if h is None else h.data)\n",
        ),
    ],
)
def test_gradients_that_are_cut_at_each_step(name: str, old: str, new: str) -> None:
    assert reached(MODELS[name].replace(old, new)) == "grad.truncated_in_time"


def learnt(model: str, fit: str) -> str | None:
    return found(lambda p, s: p.learns_language(s.fit, budgets=(60, 60), cut=0.9), model, fit)


@pytest.mark.parametrize("fit", [FIT, *FITS.values()], ids=["adam", *FITS])
def test_a_language_is_learned_in_every_style(fit: str) -> None:
    x = torch.cumsum(1 + Draw(b"x", "x").integers(0, 6, 20, 7), 1) % 7
    x, y = x[:, :-1], x[:, 1:]

    def ask(probes: Probes, student: Student) -> None:
        probes.moves_every_weight(student.fit, x, y, 7, 6)
        probes.trains_as_long_as_told(student.fit, x, y, 7, 1, budget=3)
        probes.loss_meets_targets(student.fit, x, y, 7, 2, inputs=0, targets=1)
        probes.learns_from_every_sequence(student.fit, x, y, 7, 2, targets=1, classes=7)
        probes.learns_language(student.fit, budgets=(60, 60), cut=0.9)

    assert found(ask, MODEL, fit) is None


COUNTED = """
def fit(X, Y, vocab, epochs=60):
    model = CharModel(vocab, 4)
    model.counts = torch.zeros(vocab, vocab, vocab)
    for t in range(1, X.shape[1]):
        for a, b, c in zip(X[:, t - 1], X[:, t], Y[:, t]):
            model.counts[a, b, c] += 1
    return model
"""


@pytest.mark.parametrize(
    ("model", "fit", "code"),
    [
        (MODEL, FIT.replace("0.02", "1e-6"), "train.too_slow"),
        (MODEL, FIT.replace("0.02", "30.0"), "train.diverges"),
        (MODEL, FIT.replace("(vocab, 32)", "(vocab, 3)"), "accuracy.low"),
        (MODEL, FIT.replace("return model", "return None"), "reply.malformed"),
        (
            MODEL.replace("return ", "return self.counts[x.roll(1, 1), x] + 1e-3 * "),
            COUNTED,
            "answer.hard_coded",
        ),
    ],
)
def test_a_language_that_is_not_learned(model: str, fit: str, code: str) -> None:
    assert learnt(model, fit) == code


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("model(X)", "model(X[:1]).expand(len(X), -1, -1)", "train.data_not_used"),
        ("Y.reshape(-1)", "Y[:, -1]", "loss.not_all_steps"),
    ],
)
def test_sequences_and_steps_that_teach_nothing(old: str, new: str, code: str) -> None:
    loop = FIT.replace(old, new)
    if code == "loss.not_all_steps":
        loop = loop.replace("logits.reshape(-1, vocab)", "logits[:, -1]")
    else:
        loop = loop.replace("Y.reshape(-1)", "Y[:1].expand(len(X), -1).reshape(-1)")
    x = Draw(b"x", "x").integers(0, 7, 15, 5)

    def ask(probes: Probes, student: Student) -> None:
        probes.learns_from_every_sequence(student.fit, x, x.flip(1), 7, 1, targets=1, classes=7)

    assert found(ask, MODEL, loop) == code


ROWS = "[torch.randperm(len(X), generator=torch.Generator().manual_seed(0))[len(X) - int({} * len(X)):]]"


@pytest.mark.parametrize(("kept", "code"), [(0.8, None), (0.7, "train.data_not_used")])
@pytest.mark.parametrize("which", ["at the end", "by chance"])
def test_a_fifth_may_be_kept_to_validate_on(kept: float, code: str | None, which: str) -> None:
    rows = f"[:int({kept} * len(X))]" if which == "at the end" else ROWS.format(kept)
    source = FIT.replace("    model =", f"    X, Y = X{rows}, Y{rows}\n    model =")
    x = Draw(b"x", "x").integers(0, 7, 36, 5)

    def ask(probes: Probes, student: Student) -> None:
        probes.loss_meets_targets(student.fit, x, x.flip(1), 7, 2, inputs=0, targets=1)
        probes.learns_from_every_sequence(student.fit, x, x.flip(1), 7, 2, targets=1, classes=7)
        probes.learns_from_few_sequences(student.fit, x[:3], x.flip(1)[:3], 7, 10, targets=1)

    assert found(ask, MODEL, source) == code


BATCHES = """
def fit(X, Y, vocab, epochs=60):
    model = CharModel(vocab, 32)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(epochs):
        for rows in torch.randperm(len(X)).split(SIZE):
            loss = F.cross_entropy(model(X[rows]).mT, Y[rows])
            optimizer.zero_grad()
            loss.backward()
            STEP
    return model
"""
FULL = "len(rows) == SIZE and optimizer.step()"
WARM_UP = "optimizer.param_groups[0]['lr'] = 0.02 * bool(optimizer.state); optimizer.step()"


@pytest.mark.parametrize(
    ("size", "step", "code"),
    [
        (4, "optimizer.step()", None),
        (4, FULL, "train.data_not_used"),
        (16, FULL, "train.data_not_used"),
        (3, FULL, None),
        (36, WARM_UP, None),
        (5, "1 / len(rows) if len(X) > 3 else 1 / 0", None),
    ],
)
def test_few_sequences_are_learned_from_too(size: int, step: str, code: str | None) -> None:
    source = BATCHES.replace("STEP", step).replace("SIZE", str(size))
    x = Draw(b"x", "x").integers(0, 7, 3, 5)

    def ask(probes: Probes, student: Student) -> None:
        probes.learns_from_few_sequences(student.fit, x, x.flip(1), 7, 10, targets=1)

    assert found(ask, MODEL, source) == code


def test_a_language_is_as_it_is_said_to_be() -> None:
    draw = Draw(b"language", "test")
    for _ in range(5):
        lexicon = drawn_lexicon(draw)
        known = lexicon.texts(60, 15, draw, apart=frozenset())
        new = lexicon.texts(60, 15, draw, apart=frozenset(map(tuple, known.tolist())))
        assert known.shape == new.shape == (60, 15)
        assert int(known.max()) < ALPHABET
        assert len({tuple(row) for row in torch.cat([known, new]).tolist()}) == 120
        follows = {(tuple(text[t - t % 5 : t + 1]), text[t + 1]) for text in new.tolist() for t in range(14)}
        for place in range(14):
            told = {start for start, _ in follows if len(start) == place % 5 + 1}
            if bool(certain(14)[place]):
                assert len(told) == len({pair for pair in follows if len(pair[0]) == place % 5 + 1})
