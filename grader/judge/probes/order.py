"""Order in time: which output step depends on which input step, named by the pattern of the whole map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from grader.evidence import HeatMap
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.measure import SAME_SHAPE, Laboratory, influence
from grader.judge.probes.shapes import shape_text
from grader.record import Fact

Substitute = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
_DRAWS = 9
_NAMING = 3
"""Draws that are enough once a forbidden influence is seen: only its name is open then."""


def many_to_many(
    subject: Laboratory,
    x: torch.Tensor,
    draw: Draw,
    *,
    extra: Sequence[Any] = (),
    output: int | None = None,
    bidirectional: bool = False,
    substitute: Substitute | None = None,
) -> None:
    """Output step t of row b depends on the input steps up to t of the same row, and on nothing else.

    x (B, T, F), or (B, T) with `substitute` for ids; the answer (B, T, C). B and T differ and both exceed
    2, or axis errors hide. One step is replaced at a time: what does not depend differs by exactly 0,
    the tolerance is 1e-9 (1e-4 in float32). A forbidden influence is seen by one draw and named after three;
    that one is missing is said only after the union over nine draws of weights and inputs.
    `bidirectional` allows later steps.
    Findings, by the pattern that fits exactly: axis.batch_time_swapped, axis.view_instead_of_transpose,
    causal.sees_future, causal.reversed, recurrence.none, recurrence.output_delayed, batch.mixed; else by
    what is missing or too much: output.constant, batch.mixed, causal.sees_future, output.constant_steps,
    recurrence.truncated.
    Limits: says nothing about weights shared between steps; two mistakes at once get one name.
    """
    batch, steps = x.shape[:2]
    b, t, b2, t2 = _grid(batch, steps)
    right = (b == b2) if bidirectional else (b == b2) & (t2 <= t)
    strength = _union(subject, x, draw, right, extra, output, substitute, (batch, steps))
    tolerance = strength.tolerance
    seen = strength.values > tolerance
    if bool((seen == right).all()):
        return
    code = _pattern(seen, batch, steps, bidirectional)
    own = b == b2
    ahead = (t2 - t)[(seen & own).expand_as(seen)]
    facts: dict[str, Fact] = {
        "name": subject.name,
        "others": int((seen & ~own).sum()),
        "ahead": int(ahead.max().clamp(min=0)) if ahead.numel() else 0,
        "missing": int((right & ~seen).sum()),
        "promised": int(right.expand_as(seen).sum()),
        "steps": steps,
        "batch": batch,
    }
    if code == "recurrence.truncated":
        facts["reach"] = int((t - t2)[seen & own].max())
    labels = [f"{i + 1}·{j + 1}" for i in range(batch) for j in range(steps)]
    picture = _picture(strength.values, right, labels, labels, tolerance, "@axis.output_at")
    raise Finding(code, facts=facts, evidence=[picture], about=subject.name)


def many_to_one(
    subject: Laboratory,
    x: torch.Tensor,
    draw: Draw,
    *,
    extra: Sequence[Any] = (),
    output: int | None = None,
    substitute: Substitute | None = None,
) -> None:
    """Each row of the answer depends on every step of its own input row, and on no other row.

    x (B, T, F) or (B, T) with `substitute`; the answer (B, C). Draws and tolerances as `many_to_many`.
    Findings: output.constant, axis.batch_time_swapped, axis.view_instead_of_transpose, batch.mixed,
    output.first_step_only, output.last_step_only, output.steps_ignored.
    Limits: a mean over all steps passes; only a formula tells it from the last step.
    """
    batch, steps = x.shape[:2]
    b, b2, t2 = _axes(batch, batch, steps)
    right = (b == b2).expand(batch, batch, steps)
    strength = _union(subject, x, draw, right, extra, output, substitute, (batch,))
    seen = strength.values > strength.tolerance
    if bool((seen == right).all()):
        return
    off = seen & ~right
    own = seen[range(batch), range(batch)]
    first, last = t2[0, 0] == 0, t2[0, 0] == steps - 1
    if not seen.any():
        code = "output.constant"
    elif off.any():
        if bool((seen[:, :, -1] == (b2 <= b)[:, :, 0]).all()) and not seen[:, :, :-1].any():
            code = "axis.batch_time_swapped"
        elif any(bool((seen == p).all()) for p in _viewed(b, b2, t2, batch, steps)):
            code = "axis.view_instead_of_transpose"
        else:
            code = "batch.mixed"
    elif bool((own == first).all()):
        code = "output.first_step_only"
    elif bool((own == last).all()):
        code = "output.last_step_only"
    else:
        code = "output.steps_ignored"
    facts: dict[str, Fact] = {
        "name": subject.name,
        "others": int(off.sum()),
        "read": int(own.any(0).sum()),
        "missing": int((right & ~seen).sum()),
        "promised": int(right.sum()),
        "steps": steps,
        "batch": batch,
    }
    rows = [str(i + 1) for i in range(batch)]
    columns = [f"{i + 1}·{j + 1}" for i in range(batch) for j in range(steps)]
    picture = _picture(strength.values, right, rows, columns, strength.tolerance, "@axis.output_row")
    raise Finding(code, facts=facts, evidence=[picture], about=subject.name)


class _Strength:
    """Influence of every input step on every output: the largest over the draws made."""

    def __init__(self, values: torch.Tensor, tolerance: float) -> None:
        self.values = values
        self.tolerance = tolerance


def _union(
    subject: Laboratory,
    x: torch.Tensor,
    draw: Draw,
    right: torch.Tensor,
    extra: Sequence[Any],
    output: int | None,
    substitute: Substitute | None,
    leading: tuple[int, ...],
) -> _Strength:
    values: torch.Tensor | None = None
    tolerance = 0.0
    for turn in range(_DRAWS + 1):
        if turn:
            noise = draw.normal(*x.shape, purpose="inputs again")
            x = substitute(x, noise) if substitute else noise.to(x.dtype)
        lab = subject.drawn(draw).settled(x, *extra)
        shared = turn == 0
        base, moved = influence(
            lab, x, draw, extra=extra, output=output, substitute=substitute, shared=shared
        )
        if tuple(base.shape[:-1]) != leading:
            expected, got = shape_text([*leading, "·"]), shape_text(base)
            facts: dict[str, Fact] = {"name": lab.name, "expected": expected, "got": got}
            raise Finding("shape.wrong", facts=facts, about=lab.name)
        if not torch.isfinite(moved).all():
            raise Finding("output.nan", facts={"name": lab.name}, about=lab.name)
        tolerance = max(tolerance, SAME_SHAPE[lab.double])
        values = moved if values is None else torch.maximum(values, moved)
        seen = values > tolerance
        if bool((seen == right).all()) or (turn >= _NAMING and bool((seen & ~right).any())):
            break
        if shared:
            values = None
    assert values is not None
    return _Strength(values, tolerance)


def _pattern(seen: torch.Tensor, batch: int, steps: int, bidirectional: bool) -> str:
    b, t, b2, t2 = _grid(batch, steps)
    o, i = b * steps + t, b2 * steps + t2
    same, anywhere = b == b2, b2 >= 0
    known = [
        ((t == t2) & (b2 <= b), "axis.batch_time_swapped"),
        ((i % batch == o % batch) & (i // batch <= o // batch), "axis.view_instead_of_transpose"),
        ((i % batch == b) & (i // batch <= t), "axis.view_instead_of_transpose"),
        ((b2 == o % batch) & (t2 <= o // batch), "axis.view_instead_of_transpose"),
        (same, "causal.sees_future"),
        (same & (t2 >= t), "causal.reversed"),
        (same & (t2 == t), "recurrence.none"),
        (same & (t2 < t), "recurrence.output_delayed"),
        (anywhere, "batch.mixed"),
        (anywhere & (t2 <= t), "batch.mixed"),
        (anywhere & (t2 == t), "batch.mixed"),
    ]
    if bidirectional:
        # Reading both ways along the batch axis: every row of the same step counts.
        known.insert(0, ((t == t2) & anywhere, "axis.batch_time_swapped"))
    for pattern, code in known:
        if bool((seen == pattern).all()):
            return code
    if not seen.any():
        return "output.constant"
    if bool((seen & ~same).any()):
        return "batch.mixed"
    if not bidirectional and bool((seen & (t2 > t)).any()):
        return "causal.sees_future"
    if not bool(seen.flatten(2).any(-1).all()):
        return "output.constant_steps"
    return "recurrence.truncated"


def _viewed(
    b: torch.Tensor, b2: torch.Tensor, t2: torch.Tensor, batch: int, steps: int
) -> list[torch.Tensor]:
    """Rows read from memory in the wrong order: by `view(T, B)` of (B, T), or by `view(B, T)` of (T, B)."""
    return [(b2 * steps + t2) % batch == b, (t2 * batch + b2) // steps == b]


def _grid(batch: int, steps: int) -> tuple[torch.Tensor, ...]:
    return _axes(batch, steps, batch, steps)


def _axes(*sizes: int) -> tuple[torch.Tensor, ...]:
    return torch.meshgrid(*[torch.arange(n) for n in sizes], indexing="ij")


def _picture(
    values: torch.Tensor,
    right: torch.Tensor,
    rows: list[str],
    columns: list[str],
    tolerance: float,
    axis: str,
) -> HeatMap:
    """At most 15 rows and 30 columns: the first rows and columns stand for the rest."""
    matrix = values.reshape(len(rows), -1)[:15, :30]
    promised = right.expand_as(values).reshape(len(rows), -1)[:15, :30]
    return HeatMap(
        rows[:15],
        columns[:30],
        [[float(f"{v:.3g}") for v in row] for row in matrix.tolist()],
        promised.tolist(),
        axis,
        "@axis.input_at",
        tolerance,
    )
