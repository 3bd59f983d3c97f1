"""How many of its examples a training uses: which inputs of its calls of the model get a gradient."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.scoring import rows_of
from grader.judge.probes.training import ended
from grader.judge.training import Told, Trainer, drawn
from grader.record import Fact

_SHARE = 0.7
_SAME = 0.999


def uses_every_example(trainer: Trainer, draw: Draw, args: Sequence[Any], *, inputs: int) -> None:
    """In one training the examples (N, ...) at the place `inputs` of `args` reach the loss.

    Of the calls of the model that were recorded, those rows count that got a gradient; they are known by
    their course, whatever affine scaling they went through (correlation 0.999). 30 % may be kept to validate
    on, and fewer than a batch left over where batches are of one size; but none may be left out where batches
    overlap, since then some came twice. Ask for a single pass through the data: shuffled batches take in
    everything sooner or later. Finding: train.data_not_used. Says nothing where no row is known: examples
    were changed in another way, or the model was not called as a module.
    """
    given = drawn(args, draw)
    wanted = rows_of(given[inputs])
    (run,) = trainer.run([given], seeds=[draw.seed("training")], calls=2 * len(wanted))
    ended(run)
    seen = torch.zeros(len(wanted), dtype=torch.bool)
    batches: list[torch.Tensor] = []
    for call in run.calls:
        rows = _learning(call)
        if rows is not None and rows.shape[1] == wanted.shape[1]:
            known = ((wanted @ rows.T / (wanted.shape[1] - 1)) > _SAME).any(1)
            seen |= known
            batches.append(known)
    used = int(seen.sum())
    left_out = len(wanted) - used
    again = any(_overlap(one, other) for one, other in combinations(batches, 2))
    few = used < _SHARE * len(wanted) and left_out >= max((int(batch.sum()) for batch in batches), default=0)
    if not used or not left_out or not (few or again):
        return
    facts: dict[str, Fact] = {"name": trainer.name, "used": used, "of": len(wanted)}
    raise Finding("train.data_not_used", facts=facts, about=trainer.name)


def _overlap(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether two batches share examples, and each has some that the other has not."""
    return bool((one & other).any() and (one & ~other).any() and (other & ~one).any())


def _learning(call: Told) -> torch.Tensor | None:
    """The rows (n, numbers) of the call's input whose answers got a gradient."""
    x, gradient = call.input, call.gradient
    if not isinstance(x, torch.Tensor) or gradient is None or x.dim() < 2 or not gradient.dim():
        return None
    if len(x) != len(gradient) or not gradient.numel():
        return None
    return rows_of(x)[gradient.reshape(len(gradient), -1).abs().amax(1) > 0]
