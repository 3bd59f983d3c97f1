"""Which end of a sequence a model reads last: what is read last counts for more, as memory fades."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from grader.evidence import Bars
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.record import Fact

_DRAWS = 9
_FACTOR = 30.0
_BATCH, _STEPS = 4, 12


def reads_oldest_first(model: Model, draw: Draw, *, features: int) -> None:
    """The last of 12 steps does not count for far less than the first: no recurrent network that reads them
    from the newest to the oldest is like that.

    model: x (B, 12, features) -> (B, C). Each step is replaced in all rows at once, under nine draws of
    weights and inputs; the median over draws of the change by the last step over that by the first has to
    exceed 1/30, and a draw at which neither changes anything says nothing. Measured for one layer: 47 and
    more where it is right, 1/67 and less where it is reversed.
    Finding: causal.reversed. Limits: a model without memory that fades (a mean, attention) passes, and so
    does one that reads in both directions.
    """
    ratios = []
    for _ in range(_DRAWS):
        first, last = _changes(model, draw, features, [0, _STEPS - 1])
        if first or last:
            ratios.append(last / max(first, 1e-30))
    ratio = statistics.median(ratios) if ratios else 1.0
    if ratio >= 1 / _FACTOR:
        return
    bars = Bars(
        [str(step + 1) for step in range(_STEPS)],
        [float(f"{value:.3g}") for value in _changes(model, draw, features, list(range(_STEPS)))],
        [0],
        "@unit.change_by_step",
    )
    facts: dict[str, Fact] = {"name": model.name, "ratio": 1 / max(ratio, 1e-6), "steps": _STEPS}
    raise Finding("causal.reversed", facts=facts, evidence=[bars], about=model.name, by_chance=True)


def _changes(model: Model, draw: Draw, features: int, steps: Sequence[int]) -> list[float]:
    """How far the answer moves when each of these steps is another in all rows, over its largest number."""
    x = draw.normal(_BATCH, _STEPS, features)
    lab = model.drawn(draw).settled(x)
    cases = [[x]]
    for step in steps:
        changed = x.clone()
        changed[:, step] += draw.normal(_BATCH, features, scale=1.5, purpose="substitute")
        cases.append([changed])
    base, *others = [answer.tensor().double() for answer in lab.run(cases, fresh=False)]
    size = max(float(base.abs().max()), 1e-30)
    return [min(float((other - base).abs().mean()) / size, 1e30) for other in others]
