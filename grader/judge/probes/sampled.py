"""Many sequences to learn from: one target of each stands for all, so that few trainings tell."""

from __future__ import annotations

import math
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
_SHOWN = 30


def learns_from_every_sequence(
    trainer: Trainer, draw: Draw, args: Sequence[Any], *, targets: int, classes: int
) -> None:
    """One target of each sequence, replaced by another class, leads to other weights.

    Targets (N, T) at the place `targets` of `args`; of up to 14 sequences, the first among them, one step
    each is asked about, the steps in turn: T of at most 7, so that each step is asked about twice. Same first
    weights, same seed; no influence is exactly 0, and what seems to have none is asked again with another
    class. A fifth of the sequences, rounded up, may be kept to validate on, or be left over by shuffled
    batches: where more than a fifth of the 14 have no influence, all are asked about. Findings:
    loss.not_all_steps (the steps tell which targets count), train.data_not_used.
    """
    given = drawn(args, draw)
    y, seed = args[targets], draw.seed("training")
    of = len(y)
    rows = torch.linspace(0, of - 1, min(_MOST, of)).long().tolist()
    moved: dict[tuple[int, int], float] = {}

    def ask(more: Sequence[int]) -> None:
        asked = [(n, at % y.shape[1]) for at, n in enumerate(more, start=len(moved))]
        moved.update(dict.fromkeys(asked, 0.0))
        for _ in range(2):
            open_ = [place for place in asked if not moved[place]]
            if not open_:
                return
            shift = 1 + draw.integers(0, classes - 1, len(open_), purpose="substitute")
            cases = [given]
            for place, by in zip(open_, shift.tolist(), strict=True):
                changed = y.clone()
                changed[place] = (changed[place] + by) % classes
                cases.append([changed if at == targets else v for at, v in enumerate(given)])
            base, *others = trainer.run(cases, seeds=[seed] * len(cases))
            ended(base)
            for place, other in zip(open_, others, strict=True):
                ended(other)
                moved[place] = apart(base, other)

    ask(rows)
    unused = [place for place in moved if not moved[place]]
    if not unused:
        return
    used_steps = {step for n, step in moved if moved[n, step]}
    by_step = bool(used_steps) and used_steps.isdisjoint(step for _, step in unused)
    if not by_step and len(unused) <= _KEPT_BACK * len(rows):
        return
    most = math.ceil(_KEPT_BACK * of)
    if not by_step and len(unused) <= most:
        rest = [n for n in range(of) if n not in rows]
        for first in range(0, len(rest), _MOST):
            ask(rest[first : first + _MOST])
        unused = [place for place in moved if not moved[place]]
        if len(unused) <= most:
            return
    facts: dict[str, Fact] = {
        "name": trainer.name,
        "unused": len(unused),
        "of": len(moved),
        "step": min(step for _, step in unused) + 1,
    }
    shown = list(moved)[:_SHOWN]
    bars = Bars(
        [f"{n + 1}·{t + 1}" for n, t in shown],
        [min(moved[place], 1e30) for place in shown],
        [at for at, place in enumerate(shown) if place in unused],
        "@unit.weights_moved",
    )
    code = "loss.not_all_steps" if by_step else "train.data_not_used"
    raise Finding(code, facts=facts, evidence=[bars], about=trainer.name)


def learns_from_few_sequences(trainer: Trainer, draw: Draw, args: Sequence[Any], *, targets: int) -> None:
    """A training with few sequences, the targets (N, T) at the place `targets` of `args`, learns from any.

    Ask with as few as a lesson's own notebook does, and for some ten passes: whoever steps on full batches
    alone never steps then. Finding: train.data_not_used, where no weight moved and no step was made. Says
    nothing of a share that is left out, nor where the training raises an error.
    """
    (run,) = trainer.run([drawn(args, draw)], seeds=[draw.seed("training")])
    if run.answer.error is not None or run.steps or not run.weights or any(w.moved for w in run.weights):
        return
    count = len(args[targets])
    facts: dict[str, Fact] = {"name": trainer.name, "unused": count, "of": count}
    raise Finding("train.data_not_used", facts=facts, about=trainer.name)
