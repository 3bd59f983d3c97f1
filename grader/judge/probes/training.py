"""Training by the student's own loop: every step moves all weights, by gradients of its own.

What happens to weights and gradients decides, never the spelling: closures, `p.grad = None`, several
losses before a step, updates by hand and `torch.autograd.grad` are all training.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from grader.evidence import Bars, Curve, Evidence, Table
from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.training import Trained, Trainer, drawn
from grader.record import Fact
from grader.wire.fitting import Step

_SHOWN = 30
_SAYS = (
    (r"log_softmax.*(Long|Int)|nll_loss.*(Long|Int)|expected floating point type for target", "swapped"),
    (r"Expected target size|Expected input batch_size|size of tensor .* must match", "pairs"),
    (r"does not require grad", "cut"),
)
_CODES = {"swapped": "loss.arguments_swapped", "pairs": "loss.wrong_pairs", "cut": "grad.graph_cut"}


def moves_every_weight(trainer: Trainer, draw: Draw, args: Sequence[Any]) -> None:
    """One training from weights of ours: `trainer(*args)`, whose models are built afresh.

    Certified by the weights alone: every trainable parameter of two or more dimensions is another after
    the call, and what comes back is finite. The rest is what the guest recorded and gives a failure its
    name. Findings, in this order: train.step_before_backward (a step before any pass, and no gradient
    later used for it); where no weight moved train.no_backward, train.no_step,
    train.grads_wiped_before_step, train.lr_zero, train.params_not_in_optimizer, grad.graph_cut; train.diverges
    (weights or losses not finite); train.zero_grad_missing (gradients of the step before are added to, in
    half of the steps); train.grads_wiped_before_step; train.optimizer_recreated (momenta are thrown away:
    three optimisers, and one for every second step); then, where single weights did not move,
    train.params_not_in_optimizer and train.params_without_gradient.
    Ask for at least five steps. Limits: an optimiser without momenta may be rebuilt at every step.
    """
    (run,) = trainer.run([drawn(args, draw)], seeds=[draw.seed("training")])
    answered(run.answer)
    facts: dict[str, Fact] = {"name": trainer.name, "count": len(run.steps), "passes": run.passes}
    if not run.weights:
        raise Finding("model.no_parameters", facts=facts, about=trainer.name)
    code = _at_the_start(run) or (_unmoved(run) if not any(w.moved for w in run.weights) else None)
    if code is None and not _finite(run):
        code = "train.diverges"
    code = code or _of_steps(run)
    if code is not None:
        evidence: list[Evidence] = [_table(run.steps)] if run.steps else []
        raise Finding(code, facts={**facts, **_ends(run)}, evidence=evidence, about=trainer.name)
    _all_moved(run, facts, trainer.name)


def trains_as_long_as_told(
    trainer: Trainer, draw: Draw, shorter: Sequence[Any], longer: Sequence[Any]
) -> None:
    """Two budgets from the same weights and seed end at other weights: `train.epochs_ignored` where not.

    Stopping early is fine where it does not happen at budgets this small: take 1 and 3, say.
    """
    weights = drawn(shorter, draw)
    models = [value for value in weights if value not in shorter]
    del models
    both = [weights, [w if _is_model(w) else v for w, v in zip(weights, longer, strict=True)]]
    few, many = trainer.run(both, seeds=[draw.seed("training")] * 2)
    answered(few.answer), answered(many.answer)
    same = [(a.after, b.after) for a, b in zip(few.weights, many.weights, strict=True)]
    if same and all(a.shape == b.shape and bool((a == b).all()) for a, b in same):
        facts: dict[str, Fact] = {"name": trainer.name, "passes": few.passes, "longer": many.passes}
        raise Finding("train.epochs_ignored", facts=facts, about=trainer.name)
