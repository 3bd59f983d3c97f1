"""Functions that pad, pack and unpack words: the caller's words, in the caller's order, padded with 0."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from grader.evidence import Evidence, Shapes, Steps
from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.ragged import valid
from grader.judge.probes.shapes import type_text
from grader.judge.student import Handle
from grader.record import Fact

_SORTED = re.compile(r"sorted in decreasing", re.IGNORECASE)
_BATCH = re.compile(r"batch_size", re.IGNORECASE)
_SHOWN = 30


def pads(function: Handle, words: Sequence[str], table: Mapping[str, int]) -> None:
    """`function(words, table) -> (padded (B, T) long, lengths (B,) long)`: row b holds the numbers of
    word b, then 0 up to the longest word; lengths count letters.

    Choose words of different lengths, in no order, with T unlike B. Exact comparison. Raises
    `shape.axes_swapped`, `shape.wrong`, `dtype.wrong`, `pad.value_wrong` (something else than 0 after a
    word, or 0 for a letter), `pad.side_wrong` (pads before the word), `pad.lengths_wrong` (also where rows
    lack the letters that the lengths lack),
    `packing.lengths_of_others`, `packing.order_not_restored`, `encode.wrong`.
    """
    (answer,) = function.calls([[list(words), dict(table)]])
    padded, lengths = _pair(answer, function.name)
    _compare(function.name, padded, lengths, *_right(words, table))


def packs_words(function: Handle, words: Sequence[str], table: Mapping[str, int]) -> None:
    """`function(words, table) -> PackedSequence` of the numbers of the letters, which unpacks to the
    caller's order.

    Named as in `pads`; and `packing.needs_sorted_lengths`, `packing.one_length_for_all` (pads were packed
    too), `axis.batch_time_swapped` (packed without batch_first).
    """
    try:
        (answer,) = function.calls([[list(words), dict(table)]])
    except Finding as finding:
        if finding.code == "reply.malformed" and _packs_letters_side_by_side(function, words, table):
            raise Finding("axis.batch_time_swapped", facts=finding.facts, about=function.name) from finding
        raise
    if answer.error is not None:
        raise _refused(answer, function.name)
    if not isinstance(answer.value, PackedSequence):
        raise _malformed(function.name, "PackedSequence", answer.value)
    packed = answer.value
    if packed.data.dim() == 2 and packed.data.shape[1] == 1:
        packed = packed._replace(data=packed.data[:, 0])
    if packed.data.dim() != 1:
        count = int(packed.batch_sizes.sum())
        raise _sizes(function.name, [count], list(packed.data.shape), ["@axis.letter"])
    padded, lengths = pad_packed_sequence(packed, batch_first=True)
    right, sizes = _right(words, table)
    if lengths.shape == sizes.shape and bool((lengths == sizes.max()).all()):
        facts: dict[str, Fact] = {"name": function.name, "steps": int(sizes.max()), "of": len(words)}
        picture = _lengths(sizes, lengths)
        raise Finding("packing.one_length_for_all", facts=facts, evidence=[picture], about=function.name)
    _compare(function.name, padded, lengths, right, sizes)


def unpacks(function: Handle, draw: Draw) -> None:
    """`function(packed) -> (padded (B, T), lengths (B,))` turns a packed batch back: the caller's order, 0
    after each word. The packed batch is ours, of whole numbers, packed from lengths in no order. Named as
    in `pads`.
    """
    sizes = torch.tensor([3, 6, 1, 4, 2])
    right = draw.integers(1, 30, len(sizes), int(sizes.max()))
    right = right * valid(sizes, right.shape[1])
    packed = pack_padded_sequence(right, sizes, batch_first=True, enforce_sorted=False)
    (answer,) = function.calls([[packed]])
    padded, lengths = _pair(answer, function.name)
    _compare(function.name, padded, lengths, right, sizes)


def _packs_letters_side_by_side(function: Handle, words: Sequence[str], table: Mapping[str, int]) -> bool:
    """Whether as many words as the longest has letters, all that long, are packed with their axes exchanged.

    Where the axes differ in size torch takes lengths beyond its steps without an error, and what comes
    back is no packed batch at all.
    """
    longest = max(words, key=len)
    square = [longest] + [longest[::-1]] * (len(longest) - 1)
    right, _ = _right(square, table)
    (answer,) = function.calls([[square, dict(table)]])
    if answer.error is not None or not isinstance(answer.value, PackedSequence):
        return False
    padded, _ = pad_packed_sequence(answer.value, batch_first=True)
    return torch.equal(padded, right.T) and not torch.equal(padded, right)


def _right(words: Sequence[str], table: Mapping[str, int]) -> tuple[torch.Tensor, torch.Tensor]:
    sizes = torch.tensor([len(word) for word in words])
    padded = torch.zeros(len(words), int(sizes.max()), dtype=torch.long)
    for row, word in enumerate(words):
        padded[row, : len(word)] = torch.tensor([table[letter] for letter in word])
    return padded, sizes


def _pair(answer: Answer, name: str) -> tuple[torch.Tensor, torch.Tensor]:
    if answer.error is not None:
        raise _refused(answer, name)
    value = answer.value
    if not (isinstance(value, (tuple, list)) and len(value) == 2):
        raise _malformed(name, "(padded, lengths)", value)
    for part in value:
        if not isinstance(part, torch.Tensor):
            raise _malformed(name, "(padded, lengths)", part)
    return value[0], value[1]


def _compare(
    name: str, padded: torch.Tensor, lengths: torch.Tensor, right: torch.Tensor, sizes: torch.Tensor
) -> None:
    for tensor in (padded, lengths):
        if tensor.is_floating_point() or tensor.is_complex() or tensor.dtype is torch.bool:
            got = str(tensor.dtype).removeprefix("torch.")
            raise Finding("dtype.wrong", facts={"name": name, "expected": "int64", "got": got}, about=name)
    if padded.shape != right.shape:
        raise _sizes(name, list(right.shape), list(padded.shape), ["@axis.batch", "@axis.step"])
    if lengths.shape != sizes.shape:
        raise _sizes(name, list(sizes.shape), list(lengths.shape), ["@axis.batch"])
    rows_right, sizes_right = torch.equal(padded.long(), right), torch.equal(lengths.long(), sizes)
    if rows_right and sizes_right:
        return
    code = _name(padded.long(), lengths.long(), right, sizes)
    wrong = [b for b in range(len(sizes)) if not torch.equal(padded[b].long(), right[b])]
    facts: dict[str, Fact] = {"name": name, "of": len(sizes)}
    if sizes_right or (wrong and code != "pad.lengths_wrong"):
        picture = _rows(right, padded.long(), wrong[0] if wrong else 0)
        facts |= {"row": (wrong[0] if wrong else 0) + 1, "wrong": len(wrong)}
    else:
        picture = _lengths(sizes, lengths.long())
        facts["wrong"] = int((lengths.long() != sizes).sum())
    raise Finding(code, facts=facts, evidence=[picture], about=name)


def _name(padded: torch.Tensor, lengths: torch.Tensor, right: torch.Tensor, sizes: torch.Tensor) -> str:
    """The name of the difference between two batches of equal shapes."""
    letters = valid(sizes, right.shape[1])
    found, expected = sorted(padded.tolist()), sorted(right.tolist())
    if torch.equal(padded, right):
        others = sorted(lengths.tolist()) == sorted(sizes.tolist())
        return "packing.lengths_of_others" if others else "pad.lengths_wrong"
    if found == expected:
        return "packing.order_not_restored"
    if bool((padded[letters] == right[letters]).all()):
        return "pad.value_wrong"
    left = torch.stack([row.roll(right.shape[1] - int(n)) for row, n in zip(right, sizes, strict=True)])
    if torch.equal(padded, left):
        return "pad.side_wrong"
    short = bool((lengths <= sizes).all()) and sorted(lengths.tolist()) != sorted(sizes.tolist())
    if short and torch.equal(padded != 0, valid(lengths, right.shape[1])):
        return "pad.lengths_wrong"
    if bool((padded[letters] == 0).any()):
        return "pad.value_wrong"
    return "encode.wrong"


def _rows(right: torch.Tensor, got: torch.Tensor, row: int) -> Steps:
    tokens = [[str(n) for n in tensor[row, :_SHOWN].tolist()] for tensor in (right, got)]
    bad = [[1, t] for t, (a, b) in enumerate(zip(*tokens, strict=True)) if a != b]
    return Steps(["@row.expected", "@row.got"], tokens, bad)


def _lengths(right: torch.Tensor, got: torch.Tensor) -> Steps:
    tokens = [[str(n) for n in tensor[:_SHOWN].tolist()] for tensor in (right, got)]
    bad = [[1, t] for t, (a, b) in enumerate(zip(*tokens, strict=True)) if a != b]
    return Steps(["@row.lengths", "@row.lengths_got"], tokens, bad)


def _sizes(name: str, expected: list[int], got: list[int], axes: list[str]) -> Finding:
    code = "shape.axes_swapped" if sorted(expected) == sorted(got) else "shape.wrong"
    differing = [i for i, n in enumerate(expected) if i >= len(got) or got[i] != n]
    evidence: list[Evidence] = [Shapes(axes, expected, got[:_SHOWN], differing)]
    facts: dict[str, Fact] = {"name": name, "expected": str(tuple(expected)), "got": str(tuple(got))}
    return Finding(code, facts=facts, evidence=evidence, about=name)


def _malformed(name: str, wanted: str, value: Any) -> Finding:
    kind = type_text(value)
    facts: dict[str, Fact] = {"name": name, "wanted": wanted, "got": kind, "type": kind, "detail": ""}
    return Finding("reply.malformed", facts=facts, about=name)


def _refused(answer: Answer, name: str) -> Finding:
    try:
        answer.get()
    except Finding as failed:
        message = str(failed.facts.get("message", ""))
        if _SORTED.search(message):
            return Finding("packing.needs_sorted_lengths", facts=failed.facts, about=name, where=failed.where)
        if _BATCH.search(message):
            return Finding("axis.batch_time_swapped", facts=failed.facts, about=name, where=failed.where)
        return failed
    raise AssertionError("an answer with an error gave a value")
