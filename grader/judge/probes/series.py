"""Series of numbers: drawn ones, and functions that take them as arrays or as tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from grader.evidence import Shapes
from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.shapes import compare, type_text
from grader.judge.student import Handle
from grader.record import Fact

WINDOW_AXES = ("@axis.window", "@axis.step", "@axis.column")
TARGET_AXES = ("@axis.window", "@axis.one")
_FINAL = ("notebook.not_attempted", "name.missing", "name.wrong_kind", "call.out_of_time", "input.mutated")
"""What other arguments do not change: whoever writes into an array does so in the notebook, too."""


@dataclass(frozen=True)
class Form:
    """How tensors of ours are handed over: as float64 arrays, or as float32 tensors."""

    arrays: bool

    def calls(self, handle: Handle, cases: Sequence[Sequence[Any]], *, seed: int = 0) -> list[Answer]:
        """One answer for each tuple of arguments; every one starts from the same seed."""
        return handle.calls([[self._given(value) for value in args] for args in cases], seed=seed)

    def _given(self, value: Any) -> Any:
        if not isinstance(value, torch.Tensor):
            return value
        return value.double().numpy() if self.arrays else value.float()


def walk(draw: Draw, rows: int, columns: int) -> torch.Tensor:
    """A random walk (rows, columns) in float64, whose columns differ in scale by factors of two and more.

    No two windows of it look alike, in no column and in no scale.
    """
    generator = draw("walk")
    steps = torch.from_numpy(generator.standard_normal((rows, columns)))
    powers = torch.from_numpy(generator.permutation(columns) - 1.0)
    scale = 5.0**powers * torch.from_numpy(generator.uniform(2, 4, columns))
    level = torch.from_numpy(generator.uniform(5, 9, columns))
    return (level + steps.cumsum(0)) * scale


def in_either_form(judge: Callable[[Form], None]) -> None:
    """Lets `judge` ask with arrays, and where it finds something, once more with tensors.

    A contract that says "data" leaves open which; what is right in one form is right. Raises what was found
    with tensors, or with arrays where tensors only raised an exception: code for arrays mostly does the same
    to tensors, or raises, while `data.min(0)[0]` means something else for arrays.
    """
    try:
        judge(Form(arrays=True))
    except Finding as first:
        if first.code not in _FINAL:
            try:
                judge(Form(arrays=False))
            except Finding as second:
                raise (first if second.code == "call.failed" else second) from second
            return
        raise


def tabled(value: Any) -> torch.Tensor | None:
    """A tensor, an array, or nested lists of them or of numbers, as one tensor; None for anything else."""
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value)
    if isinstance(value, torch.Tensor):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return torch.tensor(value, dtype=torch.float64)
    if not isinstance(value, (list, tuple)) or not value:
        return None
    parts = [tabled(item) for item in value]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts) or len({part.shape for part in found}) > 1:
        return None
    return torch.stack([part.double() if part.is_floating_point() else part for part in found])


def pair(value: Any, name: str, wanted: str, parts: int = 2) -> list[torch.Tensor]:
    """The `parts` tensors of a tuple or list. Raises `reply.malformed` where something else came."""
    found = [tabled(part) for part in value] if isinstance(value, (tuple, list)) else []
    tensors = [part for part in found if part is not None]
    if len(tensors) != parts or len(found) != parts:
        facts: dict[str, Fact] = {"name": name, "wanted": wanted, "got": type_text(value), "detail": ""}
        raise Finding("reply.malformed", facts=facts, about=name)
    return tensors


def windows(x: torch.Tensor, steps: int, columns: int, name: str) -> torch.Tensor:
    """`x` in float64 where it is (N, steps, columns), floating and finite.

    Raises `shape.*`, `dtype.wrong` or `output.nan` as `shapes.compare` does, whatever N is.
    """
    count = x.shape[0] if x.dim() else 0
    if x.dim() == 3 and tuple(x.shape[1:]) != (steps, columns) and x.shape[1:] == (columns, steps):
        expected, sizes = [count, steps, columns], list(x.shape)
        facts: dict[str, Fact] = {"name": name, "expected": str(tuple(expected)), "got": str(tuple(sizes))}
        shapes = Shapes(list(WINDOW_AXES), expected, sizes, [1, 2])
        raise Finding("shape.axes_swapped", facts=facts, evidence=[shapes], about=name)
    compare(x, (count, steps, columns), WINDOW_AXES, name)
    return x.double()


def numbers(y: torch.Tensor, count: int, name: str, *, flat: bool = False) -> torch.Tensor:
    """Targets (count, 1) as (count,) in float64; with `flat` they may come as (count,).

    Raises as `shapes.compare` does.
    """
    if not (flat and y.shape == (count,)):
        compare(y, (count, 1), TARGET_AXES, name)
    elif not y.is_floating_point() or not torch.isfinite(y).all():
        compare(y[:, None], (count, 1), TARGET_AXES, name)
    return y.double().flatten()
