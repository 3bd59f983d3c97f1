"""Which place in the data each output of a recorded call belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from grader.judge.training import Told


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

    x (N, T) numbers of letters, y (N, T) targets.
    """
    if call.gradient is None or not isinstance(call.input, torch.Tensor) or call.input.dim() < 2:
        return None
    seen = letters(call.input)
    if seen.dim() != 2 or call.output.numel() % max(seen.numel(), 1) or not call.output.numel():
        return None
    batch, steps = seen.shape
    size = call.output.numel() // seen.numel()
    shape = (batch, steps, size)
    if call.output.shape not in (torch.Size(shape), torch.Size((batch * steps, size)), torch.Size(shape[1:])):
        return None
    output = call.output.double().reshape(shape)
    gradient = call.gradient.double().reshape(shape)
    places = [_found(row, x, y) for row in seen]
    known = torch.tensor([place is not None for place in places])
    if not known.any() or not torch.isfinite(gradient).all() or not gradient.abs().max():
        return None
    n = torch.tensor([place[0] if place else 0 for place in places])[:, None].expand(batch, steps)
    start = torch.tensor([place[1] if place else 0 for place in places])[:, None]
    t = start + torch.arange(steps)
    before = torch.where(t > 0, x[n, (t - 1).clamp(min=0)], -1)
    parts = [output, gradient, n, t, x[n, t], before, y[n, t]]
    return Block(Rows(*(part[known].flatten(0, 1) for part in parts)), y[n, t], bool(known.all()))


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
