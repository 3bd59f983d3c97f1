"""Ragged batches: words of different lengths side by side, and what a model says when it refuses one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import torch

from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.record import Fact

_SORTED = re.compile(r"sorted in decreasing", re.IGNORECASE)
_OUTSIDE = re.compile(r"out of (bounds|range)", re.IGNORECASE)


def ragged(
    draw: Draw, lengths: Sequence[int], features: int, *, steps: int | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """x (B, T, features) normal with zeros after each row's length, and lengths (B,) long; T is `steps`
    or the largest length."""
    sizes = torch.tensor(list(lengths))
    x = draw.normal(len(lengths), steps or max(lengths), features)
    return torch.where(valid(sizes, x.shape[1])[:, :, None], x, torch.zeros(())), sizes


def valid(lengths: torch.Tensor, steps: int) -> torch.Tensor:
    """(B, T) true at the steps that belong to a word."""
    return torch.arange(steps)[None] < lengths[:, None]


def refusal(model: Model, answer: Answer, x: torch.Tensor, lengths: torch.Tensor) -> Finding:
    """The finding for a call on this batch that raised.

    `packing.needs_sorted_lengths` where the message says so; `packing.gather_off_by_one` where an index was
    out of range and one more pad column cures it; `axis.batch_time_swapped` where a square batch runs (torch
    then takes one axis for the other); else `call.failed`.
    """
    assert answer.error is not None
    facts: dict[str, Fact] = {"name": model.name, "type": answer.error.type, "message": answer.error.message}
    if _SORTED.search(answer.error.message):
        return Finding("packing.needs_sorted_lengths", facts=facts, about=model.name)
    batch, steps, features = x.shape
    more = torch.cat([x, x.new_zeros(batch, 1, features)], 1)
    side = max(batch, steps)
    square = x.new_zeros(side, side, features)
    square[:batch, :steps] = x
    longest = torch.cat([lengths, lengths.new_full((side - batch,), steps)])
    with_more, with_square = model.run([[more, lengths], [square, longest]])
    if _OUTSIDE.search(answer.error.message) and with_more.error is None:
        return Finding("packing.gather_off_by_one", facts=facts, about=model.name)
    if batch != steps and with_square.error is None and with_more.error is not None:
        return Finding("axis.batch_time_swapped", facts=facts, about=model.name)
    try:
        answer.get()
    except Finding as finding:
        return finding
    raise AssertionError("an answer with an error gave a value")


@dataclass(frozen=True)
class AtLetters(Model):
    """A model (x, lengths) -> (B, T, C) whose answers read 0 at padded steps: whatever stands there, infinite
    or no number, is promised by nobody. What is no tensor of three axes, a row for each length, stays."""

    def _seen(self, answer: Answer, args: Sequence[Any]) -> Answer:
        return replace(answer, value=_at_letters(answer.value, args[1]))


def at_letters(model: Model) -> AtLetters:
    """The same model, of whose answers only those at letters are looked at. Gradients and events stay."""
    return AtLetters(**{field.name: getattr(model, field.name) for field in fields(model)})


def _at_letters(value: Any, lengths: torch.Tensor) -> Any:
    if type(value) in (tuple, list):
        return type(value)(_at_letters(item, lengths) for item in value)
    if not isinstance(value, torch.Tensor) or value.dim() != 3 or len(value) != len(lengths):
        return value
    return value.masked_fill(~valid(lengths, value.shape[1])[:, :, None], 0)
