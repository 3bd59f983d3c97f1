"""Letters as one-hot rows: each row read back gives its letter, and words keep their places in a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from grader.evidence import Steps
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.alphabets import alphabet, text
from grader.judge.probes.shapes import compare, shape_text, type_text
from grader.judge.student import Handle
from grader.record import Fact

_TOLERANCE = 1e-6


def one_hot(handle: Handle, draw: Draw) -> None:
    """`one_hot(word, chars)` is (len(word), len(chars)) float: 1 at each letter's place in `chars`, else 0.

    Drawn alphabets in no order, as text and as a list; words of 5 letters, repeats allowed, and of one. A
    capital counts as another letter, arrays count as tensors, float64 as float. Findings: shape.*,
    dtype.wrong (whole numbers), encode.wrong (rows read back give other letters, or are no one-hot rows),
    reply.malformed.
    """
    for length, size, as_list in ((5, 7, False), (4, 6, True), (1, 3, False)):
        chars = alphabet(draw, size)
        word = text(draw, chars, length)
        (answer,) = handle.calls([[word, list(chars) if as_list else chars]])
        got = _tensor(answer.get(), handle.name, (length, size))
        compare(got, (length, size), ("@axis.step", "@axis.vocabulary"), handle.name)
        right = _right([word], chars)[0]
        if float((got.double() - right).abs().max()) > _TOLERANCE:
            raise _wrong(handle.name, word, chars, got)


def batch(handle: Handle, draw: Draw) -> None:
    """`make_batch(words, chars)` is (B, T, I) float32: row b holds the one-hot letters of word b in order.

    B 3, T 5, I 7, where a word comes twice, and B 2, T 3, I 4; words of equal length. Arrays count as
    tensors. Findings: shape.axes_swapped, shape.wrong, dtype.wrong (anything but float32, which layers ask
    for), encode.wrong.
    """
    for count, length, size in ((3, 5, 7), (2, 3, 4)):
        chars = alphabet(draw, size)
        words = [text(draw, chars, length) for _ in range(count)]
        if count > 2:
            words[-1] = words[0]
        (answer,) = handle.calls([[words, list(chars) if count == 2 else chars]])
        shape = (count, length, size)
        got = _tensor(answer.get(), handle.name, shape)
        compare(got, shape, ("@axis.batch", "@axis.step", "@axis.vocabulary"), handle.name)
        if got.dtype is not torch.float32:
            facts: dict[str, Fact] = {"name": handle.name, "expected": "float32", "got": _dtype(got)}
            raise Finding("dtype.wrong", facts=facts, about=handle.name)
        wrong = (got.double() - _right(words, chars)).abs().amax((1, 2)) > _TOLERANCE
        if wrong.any():
            first = int(wrong.int().argmax())
            raise _wrong(handle.name, words[first], chars, got[first])


def _right(words: Sequence[str], chars: str) -> torch.Tensor:
    rows = torch.eye(len(chars), dtype=torch.float64)
    return torch.stack([rows[[chars.index(letter) for letter in word]] for word in words])


def _wrong(name: str, word: str, chars: str, got: torch.Tensor) -> Finding:
    """What each row says by its largest number, `·` where no single entry stands out."""
    clear = ((got - 1).abs() <= _TOLERANCE).sum(-1) == 1
    clear &= (got.abs() <= _TOLERANCE).sum(-1) == len(chars) - 1
    places = zip(got.argmax(-1).tolist(), clear.tolist(), strict=True)
    read = [chars[i] if fine else "·" for i, fine in places]
    bad = [[1, step] for step, (a, b) in enumerate(zip(word, read, strict=True)) if a != b]
    steps = Steps(["@row.letter", "@row.read_back"], [list(word), read], bad)
    facts: dict[str, Fact] = {"name": name, "word": word, "read": "".join(read), "chars": chars}
    return Finding("encode.wrong", facts=facts, evidence=[steps], about=name)


def _tensor(value: Any, name: str, shape: tuple[int, ...]) -> torch.Tensor:
    if isinstance(value, np.ndarray):
        value = torch.from_numpy(value)
    if not isinstance(value, torch.Tensor):
        facts: dict[str, Fact] = {"name": name, "wanted": shape_text(shape), "got": type_text(value)}
        raise Finding("reply.malformed", facts=facts, about=name)
    return value


def _dtype(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
