"""Whether a training does as its numbers tell it: how many steps (epochs), and at which learning rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.training import ended
from grader.judge.training import Trained, Trainer, drawn
from grader.record import Fact

_MORE = (2, 9)


def trains_as_long_as_told(trainer: Trainer, draw: Draw, args: Sequence[Any], *, budget: int) -> None:
    """Two steps (epochs) more, from the same weights and seed, end at other weights, after more steps.

    `budget` is the place among `args` of the number of steps. Nine more are asked for before anything is
    said: whoever keeps the best weights may keep the first for two steps. Steps are counted as those of
    optimisers and as backward passes, of which a step may take several. Findings: train.epochs_ignored (the
    same weights, or as many steps for any number); train.steps_missing where so few steps are none at all: no
    pass, and no weight moved, or no step of the optimiser that makes them where more are asked for;
    train.steps_too_many where all three trainings make the steps of one more; train.diverges.
    Stopping early is fine where it does not happen at budgets this small: give 1 or 2.
    Limits: several optimisers that take turns, or steps of our count that nobody made, pass.
    """
    few, asked = drawn(args, draw), args[budget]
    facts: dict[str, Fact] = {"name": trainer.name, "asked": asked}
    counts: dict[int, tuple[int, int]] = {}
    for steps in _MORE:
        many = [value + steps if place == budget else value for place, value in enumerate(few)]
        one, other = _both(trainer, draw, few, many)
        _makes_a_step(one, other, facts)
        counts |= {asked: _counted(one), asked + steps: _counted(other)}
        if not _same_end(one, other) and not _as_one_more(counts) and not _as_always(counts):
            return
    facts |= {"fewer": asked, "more": asked + steps}
    if not _same_end(one, other) and _as_one_more(counts):
        raise Finding("train.steps_too_many", facts=facts, about=trainer.name)
    raise Finding("train.epochs_ignored", facts=facts, about=trainer.name)


def rate_counts(trainer: Trainer, draw: Draw, args: Sequence[Any], *, rate: int) -> None:
    """A third of the learning rate, from the same weights and seed, ends at other weights.

    `rate` is the place of the learning rate among `args`; give a single step. Any use of it will do: scaled,
    scheduled, multiplied with the loss. Equal is equal to the bit; where no weight moves nothing is said. A
    tenth is asked for before it is said that it makes no difference. So is it where an optimiser of several
    has the same rate in both trainings, and weights that moved are the same. Where a step takes several
    passes, as a line search does, which finds a rate by itself, nothing is said. Finding: train.rate_ignored.
    Limits: that the rate is obeyed exactly is not asked, nor by each group of one optimiser.
    """
    given = drawn(args, draw)
    for part in (3, 10):
        less = [value / part if place == rate else value for place, value in enumerate(given)]
        one, other = _both(trainer, draw, given, less)
        if not any(w.moved for w in one.weights) or any(step.passes > 1 for step in one.steps):
            return
        if not _same_end(one, other) and not (_rates(one) & _rates(other) and _same_moves(one, other)):
            return
    facts: dict[str, Fact] = {"name": trainer.name, "rate": args[rate], "less": args[rate] / part}
    raise Finding("train.rate_ignored", facts=facts, about=trainer.name)


def _both(
    trainer: Trainer, draw: Draw, given: Sequence[Any], changed: Sequence[Any]
) -> tuple[Trained, Trained]:
    """Two trainings from the same weights and seed; raises where one gave no answer."""
    one, other = trainer.run([given, changed], seeds=[draw.seed("training")] * 2)
    for run in (one, other):
        ended(run)
    return one, other


def _rates(run: Trained) -> set[tuple[int, tuple[float, ...]]]:
    """Each optimiser with the rates of its steps."""
    kinds = {step.by for step in run.steps if step.by >= 0 and step.rate > 0}
    return {(by, tuple(step.rate for step in run.steps if step.by == by)) for by in kinds}


def _same_moves(one: Trained, other: Trained) -> bool:
    """Whether some weight that moved ended where it did in the other training."""
    ends = {w.name: w.after for w in other.weights}
    return any(w.moved and w.name in ends and torch.equal(w.after, ends[w.name]) for w in one.weights)


def _same_end(one: Trained, other: Trained) -> bool:
    """Whether the weights after training are the same to the bit."""
    first, second = ({w.name: w.after for w in run.weights} for run in (one, other))
    return first.keys() == second.keys() and all(torch.equal(first[name], second[name]) for name in first)


def _makes_a_step(one: Trained, other: Trained, facts: dict[str, Fact]) -> None:
    """The fewer steps are some: a step of length 0, as a schedule may make it, is an optimiser's, or has a
    pass at least."""
    idle, busy = (
        not run.passes and not run.steps and not any(w.moved for w in run.weights) for run in (one, other)
    )
    waits = not one.steps and any(step.by >= 0 for step in other.steps)
    if (idle and not busy) or waits:
        raise Finding("train.steps_missing", facts=facts, about=str(facts["name"]))


def _counted(run: Trained) -> tuple[int, int]:
    """How many steps and passes were made; weights that are put back at the end are no step."""
    return sum(step.by >= 0 for step in run.steps) or run.passes, run.passes


def _as_always(counts: dict[int, tuple[int, int]]) -> bool:
    """Whether as many steps were made for every number."""
    return len(set(counts.values())) == 1 and all(
        steps > 0 and passes > 0 for steps, passes in counts.values()
    )


def _as_one_more(counts: dict[int, tuple[int, int]]) -> bool:
    """Whether each number led to what the next one should have led to, in steps as in passes."""
    return all(_one_more({asked: pair[n] for asked, pair in counts.items()}) for n in (0, 1))


def _one_more(counts: dict[int, int]) -> bool:
    (least, first), *rest = counts.items()
    each, odd = divmod(rest[-1][1] - first, rest[-1][0] - least)
    return each > 0 and not odd and all(made == each * (asked + 1) for asked, made in counts.items())
