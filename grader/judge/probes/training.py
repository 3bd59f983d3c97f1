"""Training by the student's own loop: every step moves all weights, by gradients of its own.

What happens to weights and gradients decides, never the spelling: closures, `p.grad = None`, several
losses before a step, updates by hand and `torch.autograd.grad` are all training.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import torch

from grader.evidence import Bars, Evidence, Table
from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.shapes import type_text
from grader.judge.training import Trained, Trainer, drawn
from grader.record import Fact
from grader.wire.fitting import Step

_SHOWN = 30
_SEVERAL = 4
_MOST = 5
"""Optimisers that follow one another. Two or three stages of a training have one each, and are right."""
_SAYS = (
    (r"not implemented for '(Long|Int)'|floating point type for target", "loss.arguments_swapped"),
    (r"Expected target size|to match target batch_size", "loss.wrong_pairs"),
    (r"does not require grad", "grad.graph_cut"),
)


def moves_every_weight(trainer: Trainer, draw: Draw, args: Sequence[Any]) -> None:
    """One training from weights of ours: `trainer(*args)`, whose models are built afresh.

    Certified by the weights alone: every trainable parameter of two or more dimensions is another after
    the call, and what comes back is finite. The rest is what the guest recorded and gives a failure its
    name. Findings, in this order: what the call raised (`answered`); reply.malformed (no model among the
    arguments, and none comes back); train.step_before_backward (the first
    step comes before any pass); where no weight is another train.no_backward, train.no_step,
    train.weights_put_back (steps moved them, and all are exactly what they were),
    train.grads_wiped_before_step, train.lr_zero, train.params_not_in_optimizer,
    train.params_without_gradient; train.diverges (weights or losses not finite); train.lr_zero (in more than
    half of the steps of an optimiser: a plan may begin and end with 0); train.zero_grad_missing (a pass adds
    to gradients left by the step before, in half of the steps); train.grads_wiped_before_step;
    train.optimizer_recreated (momenta are thrown away: three optimisers, and one for every second step, or
    five of which each is done when the next begins);
    where single weights did not move train.params_not_in_optimizer, train.lr_zero (an optimiser of several)
    or train.params_without_gradient.
    Ask for at least five steps. Limits: an optimiser without momenta may be rebuilt at every step.
    """
    (run,) = trainer.run([drawn(args, draw)], seeds=[draw.seed("training")])
    answered(run.answer)
    facts: dict[str, Fact] = {"name": trainer.name, "count": len(run.steps), "passes": run.passes}
    if not run.weights and not any(isinstance(value, Model) for value in args):
        facts |= {"wanted": "nn.Module", "got": type_text(run.answer.value), "detail": ""}
        raise Finding("reply.malformed", facts=facts, about=trainer.name)
    if not run.weights:
        raise Finding("model.no_parameters", facts=facts, about=trainer.name)
    code = _at_the_start(run) or (_unmoved(run) if not any(w.moved for w in run.weights) else None)
    if code is None and not _finite(run):
        code = "train.diverges"
    code = code or _of_steps(run)
    if code is not None:
        evidence: list[Evidence] = [_table(run.steps)] if run.steps else []
        moved = max((step.moved for step in run.steps), default=0.0)
        facts |= {"moved": float(f"{moved:.3g}"), **_ends(run)}
        raise Finding(code, facts=facts, evidence=evidence, about=trainer.name)
    _all_moved(run, facts, trainer.name)


def answered(answer: Answer) -> None:
    """Raises what training raised, named where torch's message tells the mistake."""
    try:
        answer.get()
    except Finding as failed:
        message = str(failed.facts.get("message", ""))
        for pattern, code in _SAYS:
            if failed.code == "call.failed" and re.search(pattern, message, re.IGNORECASE):
                raise Finding(code, facts=failed.facts, about=failed.about, where=failed.where) from failed
        raise


def ended(run: Trained) -> None:
    """Raises what training raised, and train.diverges where weights that are no numbers came of it: they
    differ from everything, and would count as moved by whatever was asked."""
    answered(run.answer)
    if not _weights_finite(run):
        raise Finding("train.diverges", facts={"name": run.answer.name}, about=run.answer.name)


def piles_up(steps: Sequence[Step]) -> bool:
    """Whether a pass adds to gradients left by the step before, in half of the steps of one optimiser."""
    makers = [step.by for step in steps]
    return any(sum(s.old for s in steps if s.by == by) >= max(1, makers.count(by) / 2) for by in set(makers))


def _at_the_start(run: Trained) -> str | None:
    first = run.steps[0] if run.steps else None
    early = first is not None and first.by >= 0 and first.passes == 0 and not first.wiped
    return "train.step_before_backward" if early and run.passes else None


def _unmoved(run: Trained) -> str:
    """Why no weight at all is another after training."""
    if not run.passes:
        return "train.no_backward"
    if not run.steps:
        return "train.no_step"
    if any(step.moved > 0 for step in run.steps):
        return "train.weights_put_back"
    if 2 * sum(step.wiped for step in run.steps) >= len(run.steps):
        return "train.grads_wiped_before_step"
    if all(step.rate == 0 for step in run.steps):
        return "train.lr_zero"
    held = any(weight.held for weight in run.weights)
    return "train.params_without_gradient" if held else "train.params_not_in_optimizer"


def _of_steps(run: Trained) -> str | None:
    half = len(run.steps) / 2
    for by in dict.fromkeys(step.by for step in run.steps):
        own = [step for step in run.steps if step.by == by]
        if piles_up(own):
            return "train.zero_grad_missing"
        if sum(step.wiped for step in own) >= max(1, len(own) / 2):
            return "train.grads_wiped_before_step"
        if by >= 0 and len(own) >= _SEVERAL and sum(step.rate == 0 for step in own) > len(own) / 2:
            return "train.lr_zero"
    if len({step.by for step in run.steps if step.stateful}) >= max(3, half) or _relayed(run.steps) >= _MOST:
        return "train.optimizer_recreated"
    return None


def _relayed(steps: Sequence[Step]) -> int:
    """How many optimisers with momenta there are, if none makes a step after the next one's first: made anew
    for each epoch. Several that belong together take turns."""
    makers = [step.by for step in steps if step.stateful]
    turns = [by for n, by in enumerate(makers) if n == 0 or makers[n - 1] != by]
    return len(turns) if len(set(turns)) == len(turns) else 0


def _all_moved(run: Trained, facts: dict[str, Fact], name: str) -> None:
    by_hand = any(step.by < 0 for step in run.steps)
    still = [w for w in run.weights if w.trainable and not w.moved]
    forgotten = [w for w in still if not w.held and (w.before.dim() > 1 or not by_hand)]
    idle = [w for w in still if w.held and w.before.dim() > 1]
    if not forgotten and not idle:
        return
    code = "train.params_not_in_optimizer" if forgotten else "train.params_without_gradient"
    if not forgotten and _stands_still(run):
        code = "train.lr_zero"
    blamed = {w.name for w in forgotten or idle}
    shown = run.weights[:_SHOWN]
    bars = Bars(
        [w.name for w in shown],
        [_change(w.before, w.after) for w in shown],
        [n for n, w in enumerate(shown) if w.name in blamed],
        "@unit.moved",
    )
    facts = {**facts, "still": len(blamed), "of": len(run.weights), "parameter": min(blamed)}
    raise Finding(code, facts=facts, evidence=[bars], about=name)


def _stands_still(run: Trained) -> bool:
    """Whether one of the optimisers makes every step of its own with learning rate 0."""
    by = {step.by for step in run.steps}
    return any(all(step.rate == 0 for step in run.steps if step.by == one) for one in by)


def _change(before: torch.Tensor, after: torch.Tensor) -> float:
    if before.shape != after.shape or not before.numel():
        return 0.0
    return min(float((after - before).abs().max()), 1e30)


def _finite(run: Trained) -> bool:
    return all(math.isfinite(loss) for loss in run.numbers() or []) and _weights_finite(run)


def _weights_finite(run: Trained) -> bool:
    return all(bool(torch.isfinite(w.after).all()) for w in run.weights)


def _ends(run: Trained) -> dict[str, Fact]:
    """The first and last of the losses that came back, where there are any."""
    losses = run.numbers()
    return {"first": losses[0], "last": losses[-1]} if losses else {}


def _table(steps: Sequence[Step]) -> Table:
    """The first steps one by one: who made it, passes since the step before, what the gradients were."""
    rows: list[list[float | int | str]] = []
    for number, step in enumerate(steps[:8], start=1):
        maker = "@said.by_hand" if step.by < 0 else f"{step.by + 1}"
        gradients = "@said.old" if step.old else "@said.wiped" if step.wiped else "@said.fresh"
        rows.append([number, maker, step.passes, gradients, float(f"{step.moved:.3g}")])
    columns = ["@column.step", "@column.optimizer", "@column.passes", "@column.gradients", "@column.moved"]
    bad = [n for n, s in enumerate(steps[:8]) if s.old or s.wiped or not s.passes or not s.moved]
    return Table(columns, rows, bad)
