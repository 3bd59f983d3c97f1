"""Many sequences to learn from: one target of each stands for all, so that few trainings tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from grader.evidence import Bars
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.pairing import apart
from grader.judge.probes.training import ended
from grader.judge.training import Trainer, drawn
from grader.record import Fact

_MOST = 14
_KEPT_BACK = 0.2


def learns_from_every_sequence(
    trainer: Trainer, draw: Draw, args: Sequence[Any], *, targets: int, classes: int
) -> None:
    """One target of each sequence, replaced by another class, leads to other weights.

    Targets (N, T) at the place `targets` of `args`; of up to 14 sequences, the first among them, one step
    each is asked about, the steps in turn: T of at most 7, so that each step is asked about twice. Same first
    weights, same seed; no influence is exactly 0, and what seems to have none is asked again with another
    class. Findings: loss.not_all_steps (the steps tell which targets count), train.data_not_used (more than
    a fifth of the sequences have no influence: as many may be kept to validate on, or be left over by
    shuffled batches).
    """
    given = drawn(args, draw)
    y, seed = args[targets], draw.seed("training")
    count = min(_MOST, y.shape[0])
    rows = torch.linspace(0, y.shape[0] - 1, count).long().tolist()
    places = [(n, at % y.shape[1]) for at, n in enumerate(rows)]
    moved = [0.0] * count
    for _ in range(2):
        open_ = [at for at in range(count) if not moved[at]]
        shift = 1 + draw.integers(0, classes - 1, len(open_), purpose="substitute")
        cases = [given]
        for at, by in zip(open_, shift.tolist(), strict=True):
            changed = y.clone()
            changed[places[at]] = (changed[places[at]] + by) % classes
            cases.append([changed if place == targets else v for place, v in enumerate(given)])
        base, *others = trainer.run(cases, seeds=[seed] * len(cases))
        ended(base)
        for at, other in zip(open_, others, strict=True):
            ended(other)
            moved[at] = apart(base, other)
        if all(moved):
            return
    unused = [at for at in range(count) if not moved[at]]
    steps = {places[at][1] for at in unused}
    by_step = steps.isdisjoint(places[at][1] for at in range(count) if moved[at]) and len(unused) < count
    if not by_step and len(unused) <= _KEPT_BACK * count:
        return
    code = "loss.not_all_steps" if by_step else "train.data_not_used"
    facts: dict[str, Fact] = {
        "name": trainer.name,
        "unused": len(unused),
        "of": count,
        "step": min(steps) + 1,
    }
    labels = [f"{n + 1}·{t + 1}" for n, t in places]
    bars = Bars(labels, [min(value, 1e30) for value in moved], unused, "@unit.weights_moved")
    raise Finding(code, facts=facts, evidence=[bars], about=trainer.name)
