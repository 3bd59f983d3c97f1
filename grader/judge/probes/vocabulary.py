"""Words into numbers and back: a vocabulary that grows, and sentences as columns of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from grader.evidence import Evidence, Steps, Table
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.alphabets import LETTERS
from grader.judge.probes.shapes import compare, shape_text, type_text
from grader.judge.student import Handle
from grader.judge.vocabulary import EOS, SOS, Vocabulary, word_of
from grader.record import Fact

_MOST_SPECIAL = 10
_MOST_SHOWN = 100


def numbers_words(handle: Handle, draw: Draw) -> None:
    """`handle()` numbers each word of the sentences that `add_vocab` gets once; its two tables agree.

    Two vocabularies of three drawn sentences with repeated words, and an empty one, which has room for SOS
    0 and EOS 1, named in the tables or not, and possibly for more. Words follow without a gap in any order;
    `n_vocab` is one more than the last number. Findings: call.failed; reply.malformed; vocab.words_missing;
    vocab.special_taken (a word has number 0 or 1); vocab.not_inverse; vocab.shared (a vocabulary holds words
    of another); vocab.repeats_counted (`n_vocab` counts words again that it has seen); vocab.size_wrong.
    """
    words = _words(draw, 16)
    given = [
        [" ".join(words[:4]), " ".join([words[1], words[4], words[5]]), words[2]],
        [" ".join([words[6], words[7], words[6]]), " ".join(words[8:12]), " ".join([words[0], words[9]])],
    ]
    _, _, empty = _tables(Vocabulary(handle, []))
    facts: dict[str, Fact]
    for number, sentences in enumerate(given):
        numbers, back, size = _tables(Vocabulary(handle, sentences))
        own = list(dict.fromkeys(word for sentence in sentences for word in sentence.split(" ")))
        strangers = {word for other in given[:number] for s in other for word in s.split(" ")} - set(own)
        held = sorted(strangers & set(numbers))
        if held:
            facts = {"name": handle.name, "word": held[0], "count": len(held)}
            raise Finding("vocab.shared", facts=facts, about=handle.name)
        _complete(handle.name, numbers, back, own)
        expected = empty + len(own)
        taken = sorted(numbers[word] for word in own)
        room = EOS < empty <= _MOST_SPECIAL
        if room and size == expected and taken == list(range(empty, expected)):
            _agree(handle.name, numbers, back)
            continue
        every = sum(len(sentence.split(" ")) for sentence in sentences)
        facts = {"name": handle.name, "expected": expected, "got": size, "count": len(own)}
        code = "vocab.repeats_counted" if size == empty + every else "vocab.size_wrong"
        raise Finding(code, facts=facts, evidence=[_table(numbers, back, own)], about=handle.name)


def tensorizes(handle: Handle, vocab: Handle, draw: Draw, *, ours: bool = False) -> None:
    """`handle(vocabulary, sentence)` is (T, 1) long: the numbers of the words, then EOS.

    Drawn sentences of 4, 1 and 6 words, one of which comes twice. `ours` gives it a vocabulary of our own,
    for notebooks whose own cannot be used. Findings: call.failed; reply.malformed; seq2seq.eos_missing;
    shape.*; dtype.wrong; encode.wrong (other numbers).
    """
    words = _words(draw, 10)
    sentences = [words[:4], words[4:5], [*words[5:], words[5]]]
    vocabulary = Vocabulary(vocab, [" ".join(sentence) for sentence in sentences], ours)
    numbers, back, _ = _tables(vocabulary)
    _complete(vocab.name, numbers, back, words)
    for sentence in sentences:
        (answer,) = handle.calls([[vocabulary, " ".join(sentence)]])
        got = answer.get()
        got = torch.from_numpy(got) if isinstance(got, np.ndarray) else got
        if not isinstance(got, torch.Tensor):
            wanted = shape_text((len(sentence) + 1, 1))
            facts: dict[str, Fact] = {
                "name": handle.name,
                "wanted": wanted,
                "got": type_text(got),
                "detail": "",
            }
            raise Finding("reply.malformed", facts=facts, about=handle.name)
        due = [*(numbers[word] for word in sentence), EOS]
        _column(got, due, [*sentence, "<EOS>"], handle.name)


def _column(got: torch.Tensor, due: Sequence[int], words: Sequence[str], name: str) -> None:
    if got.is_complex():
        raise Finding("dtype.wrong", facts={"name": name, "expected": "int64", "got": "complex"}, about=name)
    short = got.flatten()[:_MOST_SHOWN].double().nan_to_num(nan=-1.0).clamp(-1, 1e9)
    found = [int(number) for number in short.tolist()]
    facts: dict[str, Fact] = {"name": name, "word": " ".join(words[:-1]), "read": str(found)}
    steps: list[Evidence] = [
        Steps(
            ["@row.sentence", "@row.number_right", "@row.your_number"],
            [list(words), [str(n) for n in due], [str(n) for n in found[:12]]],
            [[2, n] for n, (a, b) in enumerate(zip(due, found, strict=False)) if a != b],
        )
    ]
    facts |= {"expected": str(list(due)), "got": str(found), "steps": len(found), "of": len(due)}
    words_only, no_end = list(due[:-1]), found[len(due) - 1 :] != [EOS]
    if found[: len(due) - 1] == words_only and no_end and len(found) <= len(due):
        raise Finding("seq2seq.eos_missing", facts=facts, evidence=steps, about=name)
    if got.shape != (len(due), 1):
        compare(got.double(), (len(due), 1), ("@axis.step", "@axis.one"), name)
    if got.dtype is not torch.int64:
        kind = str(got.dtype).removeprefix("torch.")
        raise Finding("dtype.wrong", facts={"name": name, "expected": "int64", "got": kind}, about=name)
    if found != list(due):
        raise Finding("encode.wrong", facts=facts, evidence=steps, about=name)


def _tables(vocabulary: Vocabulary) -> tuple[dict[str, int], Any, int]:
    """The tables and the size; raises `reply.malformed` where they are no tables and no number."""
    numbers, back, size = vocabulary.tables()
    name = vocabulary.handle.name
    wrong: Any = None
    if not isinstance(numbers, dict):
        wrong, wanted = numbers, "vocab2index: dict[str, int]"
    elif not isinstance(back, (dict, list, tuple)):
        wrong, wanted = back, "index2vocab: dict[int, str]"
    elif isinstance(size, bool) or not isinstance(size, int):
        wrong, wanted = size, "n_vocab: int"
    else:
        kept = {k: v for k, v in numbers.items() if isinstance(k, str) and type(v) is int}
        return kept, back, size
    facts: dict[str, Fact] = {"name": name, "wanted": wanted, "got": type_text(wrong), "detail": ""}
    raise Finding("reply.malformed", facts=facts, about=name)


def _complete(name: str, numbers: dict[str, int], back: Any, words: Sequence[str]) -> None:
    """Every word has a number, none that is taken, and the number leads back to it."""
    facts: dict[str, Fact] = {"name": name}
    missing = [word for word in words if word not in numbers]
    if missing:
        facts |= {"word": missing[0], "count": len(missing)}
        raise Finding("vocab.words_missing", facts=facts, about=name)
    table = [_table(numbers, back, words)]
    special = [word for word in words if numbers[word] in (SOS, EOS)]
    if special:
        facts |= {"word": special[0], "number": numbers[special[0]]}
        raise Finding("vocab.special_taken", facts=facts, evidence=table, about=name)
    lost = [word for word in words if word_of(back, numbers[word]) != word]
    if lost:
        number = numbers[lost[0]]
        facts |= {"word": lost[0], "number": number, "got": word_of(back, number) or "-"}
        raise Finding("vocab.not_inverse", facts=facts, evidence=table, about=name)


def _agree(name: str, numbers: dict[str, int], back: Any) -> None:
    """What else is named (SOS, EOS) has a number of its own, and is not found under another one."""
    for word, number in numbers.items():
        twins = [other for other, taken in numbers.items() if taken == number and other != word]
        elsewhere = [other for other in numbers.values() if other != number and word_of(back, other) == word]
        if twins or elsewhere:
            got = word_of(back, number) or "-"
            facts: dict[str, Fact] = {"name": name, "word": word, "number": number, "got": got}
            raise Finding("vocab.not_inverse", facts=facts, about=name)


def _table(numbers: dict[str, int], back: Any, words: Sequence[str]) -> Table:
    rows: list[list[float | int | str]] = []
    for word in words[:10]:
        rows.append([word, numbers[word], word_of(back, numbers[word]) or "-"])
    bad = [n for n, row in enumerate(rows) if row[0] != row[2] or row[1] in (SOS, EOS)]
    return Table(["@column.word", "@column.number", "@column.word_back"], rows, bad)


def _words(draw: Draw, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found |= dict.fromkeys(draw.words(count, lengths=(2, 5), alphabet=LETTERS))
    return list(found)[:count]
