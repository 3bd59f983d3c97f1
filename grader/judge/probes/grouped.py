"""Many examples to learn from: groups of them stand for all, so that few trainings tell."""

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

_KEPT_BACK = 0.25


def learns_from_every_group(
    trainer: Trainer, draw: Draw, args: Sequence[Any], *, targets: int, classes: int, groups: int
) -> None:
    """The targets of each group of neighbours, replaced by other classes, lead to other weights.

    Targets (N,) at the place `targets` of `args`, cut into `groups`. Same first weights, same seed; no
    influence is exactly 0. Finding: train.data_not_used (more than a quarter of the groups have none: as
    many may be kept to validate on, or left over where batches are of one size). Costs a training for
    each group.
    """
    given = drawn(args, draw)
    y, seed = args[targets], draw.seed("training")
    cases = [given]
    places = torch.arange(len(y)).chunk(groups)
    for place in places:
        changed = y.clone()
        by = 1 + draw.integers(0, classes - 1, len(place), purpose="substitute")
        changed[place] = (changed[place] + by) % classes
        cases.append([changed if at == targets else v for at, v in enumerate(given)])
    base, *others = trainer.run(cases, seeds=[seed] * len(cases))
    for run in (base, *others):
        ended(run)
    moved = [min(apart(base, other), 1e30) for other in others]
    unused = [at for at, value in enumerate(moved) if not value]
    if len(unused) <= _KEPT_BACK * len(moved):
        return
    labels = [f"{int(place[0]) + 1}–{int(place[-1]) + 1}" for place in places]
    bars = Bars(labels, moved, unused, "@unit.moved")
    used = sum(len(place) for at, place in enumerate(places) if at not in unused)
    facts: dict[str, Fact] = {"name": trainer.name, "used": used, "of": len(y)}
    raise Finding("train.data_not_used", facts=facts, evidence=[bars], about=trainer.name)
