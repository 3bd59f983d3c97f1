"""What every probe measures with: relative difference, tolerances, influence maps.

Tolerances are relative and were measured: with one step replaced and the same shape, what does not
depend differs by exactly 0; across shapes right models differ by at most 5e-7 in float32 and 1e-15 in
float64. The smallest real influence seen was 2e-4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, Self

import torch

from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model

SAME_SHAPE = {True: 1e-9, False: 1e-4}
OTHER_SHAPE = {True: 1e-9, False: 1e-4}
FORMULA = {True: 1e-9, False: 1e-5}
"""Each by whether the computation was in float64."""


class Subject(Protocol):
    """Anything that can be asked many times at once: a model, or a function with some arguments fixed."""

    @property
    def name(self) -> str: ...

    @property
    def double(self) -> bool: ...

    def run(self, cases: Sequence[Sequence[Any]], *, seeds: Sequence[int] | None = None) -> list[Answer]: ...


class Laboratory(Subject, Protocol):
    """A subject that takes fresh weights, and settles on the precision in which it can compute."""

    def drawn(self, draw: Draw) -> Self: ...

    def settled(self, *args: Any) -> Self: ...


def rel(a: torch.Tensor, b: torch.Tensor) -> float:
    """max|a - b| / max(max|a|, max|b|, 1e-30); infinite where shapes differ or a number is not finite."""
    if a.shape != b.shape:
        return float("inf")
    if a.numel() == 0:
        return 0.0
    a, b = a.detach().double(), b.detach().double()
    if not (torch.isfinite(a).all() and torch.isfinite(b).all()):
        return float("inf")
    scale = max(float(a.abs().max()), float(b.abs().max()), 1e-30)
    return float((a - b).abs().max()) / scale


def influence(
    subject: Subject,
    x: torch.Tensor,
    draw: Draw,
    *,
    extra: Sequence[Any] = (),
    output: int | None = None,
    shared: bool = False,
    substitute: Callable[[torch.Tensor, torch.Tensor], torch.Tensor] | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Which output depends on which input step. x (B, T, F) or (B, T); returns (base output, D).

    For an output (B, ...) over classes last, D has the output's leading axes followed by (B', T'):
    `D[..., b', t'] = max over classes of |f(x with step (b', t') replaced) - f(x)| / max|f(x)|`. A step
    of real numbers is replaced by itself plus 1.5 normal; pass `substitute(step, noise)` for other
    inputs. `extra` follows x in the call; `output` picks one tensor of a tuple.
    `shared`: all calls go to one object, at half the cost of a copy each. What a model keeps between
    calls then looks like influence: such a map may prove a promise, but names nothing.
    Raises the finding of the first call that fails, and `shape.wrong` where a call changes the shape.
    """
    batch, steps = x.shape[:2]
    cases: list[list[Any]] = [[x, *extra]]
    for b in range(batch):
        for t in range(steps):
            changed = x.clone()
            noise = draw.normal(*x.shape[2:], purpose="substitute")
            step = x[b, t]
            changed[b, t] = substitute(step, noise) if substitute else step + 1.5 * noise.to(x.dtype)
            cases.append([changed, *extra])
    run = subject.run(cases, fresh=not shared) if isinstance(subject, Model) else subject.run(cases)
    base, *others = [answer.tensor(output).detach().double() for answer in run]
    if any(other.shape != base.shape for other in others):
        raise Finding("eval.state_carried_over", facts={"name": subject.name}, about=subject.name)
    scale = max(float(base.abs().max()), 1e-30)
    moved = torch.stack([(other - base).abs().amax(-1) for other in others]) / scale
    moved = moved.reshape(batch, steps, *base.shape[:-1])
    return base, moved.movedim((0, 1), (-2, -1))
