"""Windows over a text in which no letter occurs twice: each number tells the place that it comes from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from grader.evidence import Steps
from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes import alphabets
from grader.judge.probes.shapes import compare, shape_text, type_text
from grader.judge.student import Handle
from grader.record import Fact

_RAGGED = re.compile(r"expected sequence of length|inhomogeneous|stack expects each tensor to be equal size")
_MOST = 0.6
"""Share of targets that lie equally far ahead (at the end of a text some come from elsewhere), and of letters
that come from their own places."""
_AXES = ("@axis.window", "@axis.step")


def cuts_windows(handle: Handle, draw: Draw) -> None:
    """`handle(sentence, sequence_length, char_dic)` is (X, Y), both (N, T) int64 with N = len(sentence) - T:
    window n begins at letter n, its targets one letter later.

    Three drawn texts, numbers of letters in no order: 13 letters in windows of 5, 5 in windows of 4 (a single
    window), none of which occurs twice; and 14 letters in windows of 3, one of which comes again with the
    letter that followed it before, and one with another. A capital counts as another letter, arrays as
    tensors.
    Findings: window.order (starts are not 0, 1, 2, ...), window.count, window.time_reversed,
    train.target_not_shifted, train.target_shifted_wrong_way, window.target_too_late, window.target_wrong,
    encode.wrong (numbers of other letters), shape.*, dtype.wrong, reply.malformed.
    """
    for length, steps, letters in ((13, 5, 40), (5, 4, 12), (14, 3, 4)):
        chars = alphabets.alphabet(draw, letters)
        distinct = letters > length
        text = (
            alphabets.text(draw, chars, length, distinct=True)
            if distinct
            else _again(draw, chars, length, steps)
        )
        table = {letter: number for number, letter in enumerate(chars)}
        (answer,) = handle.calls([[text, steps, table]])
        _check(answer, text, steps, table, handle.name)


def drawn_windows(draw: Draw, letters: int, count: int, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    """X and Y (count, length) numbers, as `make_windows` gives them for a text in which no letter follows
    itself, no window occurs twice, and none of the `letters` of the alphabet is missing."""
    while True:
        steps = 1 + draw.integers(0, letters - 1, count + length, purpose="text")
        cut = (torch.cumsum(steps, 0) % letters).unfold(0, length, 1)
        known = len({tuple(row) for row in cut.tolist()}) == len(cut)
        if known and len(set(cut[:-1].flatten().tolist())) == letters:
            return cut[:-1].clone(), cut[1:].clone()


def _again(draw: Draw, chars: str, length: int, steps: int) -> str:
    """A text in which a window comes twice with the same letter after it, and one with two letters: whoever
    keeps windows in a set or a dictionary has fewer of them, or says one follower for both."""
    while True:
        text = alphabets.text(draw, chars, length)
        followers: dict[str, list[str]] = {}
        for n in range(length - steps):
            followers.setdefault(text[n : n + steps], []).append(text[n + steps])
        counts = [(len(found), len(set(found))) for found in followers.values()]
        if any(all_ > kinds for all_, kinds in counts) and any(kinds > 1 for _, kinds in counts):
            return text


def _check(answer: Answer, text: str, steps: int, table: dict[str, int], name: str) -> None:
    count = len(text) - steps
    facts: dict[str, Fact] = {"name": name, "text": text, "length": len(text), "steps": steps, "count": count}
    if answer.error is not None and _RAGGED.search(answer.error.message):
        raise Finding("window.count", facts=facts, about=name)
    x, y = _pair(answer.get(), name, (count, steps))
    numbers = torch.tensor([table[letter] for letter in text])
    if len(set(text)) == len(text):
        _named(x, y, text, table, facts, name)
    for value, first in ((x, 0), (y, 1)):
        if value.dim() == 2 and value.shape[1] == steps and len(value) != count:
            raise Finding("window.count", facts={**facts, "got": len(value)}, about=name)
        compare(value.double(), (count, steps), _AXES, name)
        if value.dtype is not torch.int64:
            dtype = str(value.dtype).removeprefix("torch.")
            raise Finding("dtype.wrong", facts={"name": name, "expected": "int64", "got": dtype}, about=name)
        right = torch.stack([numbers[n + first : n + first + steps] for n in range(count)])
        wrong = (value != right).any(1)
        if wrong.any():
            code = "window.target_wrong" if first else "window.order"
            raise _found(code, facts, _letters(right, text, table), _letters(value, text, table), wrong, name)


def _named(
    x: torch.Tensor, y: torch.Tensor, text: str, table: dict[str, int], facts: dict[str, Fact], name: str
) -> None:
    """Raises what the places tell that the numbers come from; nothing where that is as it has to be."""
    count, steps = len(text) - int(facts["steps"]), int(facts["steps"])
    if x.dim() != 2 or x.is_floating_point() or y.is_floating_point() or x.shape[1] != steps:
        return
    places = {number: text.find(letter) for letter, number in table.items()}
    at = torch.tensor([[places.get(number, -1) for number in row] for row in x.tolist()])
    if not at.numel() or bool((at < 0).any()):
        raise _found("encode.wrong", facts, [text[:steps]], _letters(x[:1], text, table), None, name)
    starts = at[:, 0].tolist()
    facts = {**facts, "starts": ", ".join(str(s + 1) for s in starts[:6])}
    right = torch.arange(len(starts))[:, None] + torch.arange(steps)
    if not torch.equal(at, right):
        code = "window.time_reversed" if torch.equal(at.flip(1), right) else "window.order"
        if _takes_letters_for_others(at, right):
            code = "encode.wrong"
        shown = [text[n : n + steps] for n in range(min(len(starts), count))]
        raise _found(code, facts, shown, _letters(x, text, table), (at != right).any(1), name)
    if len(starts) != count:
        raise Finding("window.count", facts={**facts, "got": len(starts)}, about=name)
    if y.shape != x.shape:
        return
    of_y = torch.tensor([[places.get(number, -1) for number in row] for row in y.tolist()])
    ahead = of_y - at
    if bool((ahead == 1).all()):
        return
    gap = int(ahead.mode().values.mode().values)
    same = float(((ahead == gap) & (of_y >= 0)).double().mean()) >= _MOST
    codes = {
        0: "train.target_not_shifted",
        -1: "train.target_shifted_wrong_way",
        # Most are where they belong: it is not all of them that come late.
        1: "window.target_wrong",
    }
    code = codes.get(gap, "window.target_too_late") if same else "window.target_wrong"
    wanted = [text[n + 1 : n + 1 + steps] for n in range(count)]
    if code != "window.target_wrong":
        facts = {**facts, "ahead": gap, "expected": wanted[0], "got": _letters(y[:1], text, table)[0]}
    raise _found(code, facts, wanted, _letters(y, text, table), (ahead != 1).any(1), name)


def _takes_letters_for_others(at: torch.Tensor, right: torch.Tensor) -> bool:
    """Whether most letters come from their own places, and each other from one wrong place always."""
    if at.shape != right.shape or not (at == right).double().mean() > _MOST:
        return False
    taken = set(zip(right.flatten().tolist(), at.flatten().tolist(), strict=True))
    return len(taken) == len(set(right.flatten().tolist()))


def _pair(value: Any, name: str, shape: tuple[int, int]) -> tuple[torch.Tensor, torch.Tensor]:
    parts = list(value) if isinstance(value, (tuple, list)) else []
    parts = [torch.from_numpy(part) if isinstance(part, np.ndarray) else part for part in parts]
    if len(parts) != 2 or not all(isinstance(part, torch.Tensor) for part in parts):
        wanted = f"{shape_text(shape)}, {shape_text(shape)}"
        got = type_text(value) if len(parts) != 2 else ", ".join(type_text(part) for part in parts)
        facts: dict[str, Fact] = {"name": name, "wanted": wanted, "got": got, "detail": ""}
        raise Finding("reply.malformed", facts=facts, about=name)
    return parts[0], parts[1]


def _letters(rows: torch.Tensor, text: str, table: dict[str, int]) -> list[str]:
    """Each row as text, `·` for a number that no letter has."""
    spelt = {number: letter for letter, number in table.items()}
    return ["".join(spelt.get(int(number), "·") for number in row) for row in rows.reshape(len(rows), -1)]


def _found(
    code: str,
    facts: dict[str, Fact],
    right: Sequence[str],
    got: Sequence[str],
    wrong: torch.Tensor | None,
    name: str,
) -> Finding:
    """The first window that differs, letter by letter."""
    first = 0 if wrong is None else int(wrong.int().argmax())
    rows = [list(texts[first]) if first < len(texts) else [] for texts in (right, got)]
    bad = [[1, step] for step, (a, b) in enumerate(zip(*rows, strict=False)) if a != b]
    steps = Steps(["@row.letter_right", "@row.your_letter"], rows, bad)
    facts = {"window": first + 1, "expected": "".join(rows[0]), "got": "".join(rows[1]), **facts}
    return Finding(code, facts=facts, evidence=[steps], about=name)
