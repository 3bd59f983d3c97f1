"""Which place in the data each output of a recorded call belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from grader.judge.training import Told

_SCALED = 1e-3
"""Single precision leaves 1e-6 between an image and itself in another scale; two images are 0.5 apart."""


@dataclass(frozen=True)
class Rows:
    """Outputs that could be traced to a place in the data: output and gradient (R, V), and per row the
    sequence and step, its input letter, the one before (-1: none) and its target."""

    output: torch.Tensor
    gradient: torch.Tensor
    sequence: torch.Tensor
    step: torch.Tensor
    letter: torch.Tensor
    before: torch.Tensor
    target: torch.Tensor

    def scored(self) -> torch.Tensor:
        size = self.gradient.abs().amax(1)
        return size > 1e-6 * float(size.max())

    def only(self, chosen: torch.Tensor) -> Rows:
        return Rows(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Block:
    """One call: its rows that could be traced, its targets (B, T), and whether all of them are known."""

    rows: Rows
    targets: torch.Tensor
    whole: bool


def letters(x: torch.Tensor) -> torch.Tensor:
    """Numbers of letters (N, T), also of one-hot rows (N, T, V)."""
    return x.argmax(-1) if x.is_floating_point() else x


def traced(call: Told, x: torch.Tensor, y: torch.Tensor) -> Block | None:
    """The rows of one call with their places in the data; None where no row of it can be placed.

    x (N, T) letters, one-hot or numbers, with targets y (N, T); or x (N, ...) of any kind, with y (N,),
    which the loop may have scaled by one factor and moved by one number.
    """
    if call.gradient is None or not isinstance(call.input, torch.Tensor) or call.input.dim() < 2:
        return None
    if y.dim() == 1:
        # One answer for a whole example: it is found by all its numbers, and has a single step.
        seen, data, targets = call.input.flatten(1).double(), x.float().flatten(1).double(), y[:, None]
        places = [_example(row, data, y) for row in seen]
        steps = 1
    else:
        seen, data, targets = letters(call.input), letters(x), y
        seen = seen[None] if seen.dim() == 1 else seen
        places = [_found(row, data, y) for row in seen] if seen.dim() == 2 else []
        steps = seen.shape[-1]
    batch = len(places)
    size = call.output.numel() // max(batch * steps, 1)
    shapes = [(batch, steps, size), (batch * steps, size), (steps, size) if batch == 1 else ()]
    if not size or tuple(call.output.shape) not in shapes:
        return None
    output = call.output.double().reshape(batch, steps, size)
    gradient = call.gradient.double().reshape(batch, steps, size)
    known = torch.tensor([place is not None for place in places])
    if not known.any() or not torch.isfinite(gradient).all() or not gradient.abs().max():
        return None
    n = torch.tensor([place[0] if place else 0 for place in places])[:, None].expand(batch, steps)
    start = torch.tensor([place[1] if place else 0 for place in places])[:, None]
    t = start + torch.arange(steps)
    none = torch.full((batch, steps), -1)
    letter = none if y.dim() == 1 else data[n, t]
    before = none if y.dim() == 1 else torch.where(t > 0, data[n, (t - 1).clamp(min=0)], none)
    parts = [output, gradient, n, t, letter, before, targets[n, t]]
    return Block(Rows(*(part[known].flatten(0, 1) for part in parts)), targets[n, t], bool(known.all()))


def joined(parts: Sequence[Rows]) -> Rows | None:
    """All rows together; None where there are none, or of different sizes."""
    sizes = {part.output.shape[1] for part in parts}
    if len(sizes) != 1:
        return None
    return Rows(*(torch.cat([getattr(part, name) for part in parts]) for name in Rows.__dataclass_fields__))


def _found(row: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> tuple[int, int] | None:
    """(sequence, first step) of this row in the data; None where none is, or its targets are not clear."""
    size = row.shape[0]
    found: list[tuple[int, int]] = []
    for start in range(x.shape[1] - size + 1):
        same = (x[:, start : start + size] == row).all(1).nonzero().flatten().tolist()
        found += [(n, start) for n in same]
    if not found:
        return None
    n, start = found[0]
    clear = all(torch.equal(y[m, s : s + size], y[n, start : start + size]) for m, s in found[1:])
    return found[0] if clear else None


def _example(row: torch.Tensor, data: torch.Tensor, y: torch.Tensor) -> tuple[int, int] | None:
    """The example that this row is, and step 0; None where it is none, or its target is not clear."""
    if row.shape != data.shape[1:]:
        return None
    same = (data == row).all(1).nonzero().flatten().tolist()
    same = same or _in_another_scale(row, data)
    return (same[0], 0) if same and len({float(y[n]) for n in same}) == 1 else None


def _in_another_scale(row: torch.Tensor, data: torch.Tensor) -> list[int]:
    """The examples of which this one is a multiple plus a number, as where images are scaled to -1..1."""
    apart = (_standard(data) - _standard(row[None])).abs().amax(1)
    return list((apart < _SCALED).nonzero().flatten().tolist())


def _standard(rows: torch.Tensor) -> torch.Tensor:
    """Each row with mean 0 and size 1; no numbers where all of a row are the same."""
    centred = rows - rows.mean(1, keepdim=True)
    return centred / centred.square().mean(1, keepdim=True).sqrt()
