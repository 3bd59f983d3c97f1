"""How many of its examples a training uses: which inputs of its calls of the model get a gradient."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.scoring import rows_of
from grader.judge.probes.training import ended
from grader.judge.training import Told, Trained, Trainer, drawn
from grader.record import Fact

_SHARE = 0.7
_SAME = 0.999
_MANY, _PASSES = 300, 10


def uses_every_example(
    trainer: Trainer, draw: Draw, args: Sequence[Any], *, inputs: int, budget: int
) -> None:
    """In one training the examples (N, ...) at the place `inputs` of `args` reach the loss.

    `budget` is the place of the number of passes through the data: ask for a single one, since shuffled
    batches take in everything sooner or later.
    Of the calls of the model that were recorded, those rows count that got a gradient; they are known by
    their course, whatever affine scaling they went through (correlation 0.999). 30 % may be kept to validate
    on, and fewer than a batch left over where batches are of one size; but none may be left out where batches
    overlap, since then some came twice, nor a whole batch of those that fill their batches, see
    `_last_batch_left`. Finding: train.data_not_used. Says nothing where no row is known: examples were
    changed in another way, or the model was not called as a module.
    """
    given = drawn(args, draw)
    (run,) = trainer.run([given], seeds=[draw.seed("training")], calls=2 * len(given[inputs]))
    ended(run)
    use = _use(run, given[inputs])
    used, left_out = use.count, use.of - use.count
    again = any(_overlap(one, other) for one, other in combinations(use.batches, 2))
    few = used < _SHARE * use.of and left_out >= max((int(batch.sum()) for batch in use.batches), default=0)
    if not used or not left_out:
        return
    if not (few or again):
        smaller = _last_batch_left(trainer, draw, given, inputs, budget, use)
        if smaller is None:
            return
        use = smaller
    facts: dict[str, Fact] = {"name": trainer.name, "used": use.count, "of": use.of}
    raise Finding("train.data_not_used", facts=facts, about=trainer.name)


@dataclass(frozen=True)
class _Use:
    """Which of the examples (N,) reached the loss in each of the batches, how many steps were made, and
    whether the model was asked about anything besides."""

    batches: list[torch.Tensor]
    of: int
    steps: int
    looked: bool

    @property
    def count(self) -> int:
        return int(torch.stack(self.batches).any(0).sum()) if self.batches else 0

    def leaves_its_last_batch(self, size: int) -> bool:
        """Whether all but the last batch of `size` was used, be it whole or not."""
        return self.count == self.of - (self.of % size or size)


def _use(run: Trained, examples: torch.Tensor) -> _Use:
    wanted = rows_of(examples)
    batches: list[torch.Tensor] = []
    for call in run.calls:
        rows = _learning(call)
        if rows is not None and rows.shape[1] == wanted.shape[1]:
            batches.append(((wanted @ rows.T / (wanted.shape[1] - 1)) > _SAME).any(1))
    looked = run.looks > 0 or any(call.gradient is None for call in run.calls)
    return _Use(batches, len(wanted), len(run.steps), looked)


def _last_batch_left(
    trainer: Trainer, draw: Draw, given: Sequence[Any], inputs: int, budget: int, use: _Use
) -> _Use | None:
    """The use made of three whole batches of examples, where the last of them is left out whatever their
    number; None where it is not, or where that is not certain.

    With the examples given, with those of three batches, and with one more than some hundred that fill
    theirs, all but the last batch is used, be it whole or that single one. Whoever drops what does not fill
    a batch leaves none of three out; whoever keeps a share back besides leaves more than one of many. The
    last batch may be kept to validate on: so nothing is said where the model is asked about anything without
    learning, were it once in ten passes. Nor where a step is not that of one batch.
    """
    sizes = {int(batch.sum()) for batch in use.batches}
    size = max(sizes)
    if len(sizes) > 1 or use.steps != len(use.batches) or use.looked or not use.leaves_its_last_batch(size):
        return None
    few, many = 3 * size, -(-_MANY // size) * size + 1
    uses: list[_Use] = []
    for count, passes in ((few, given[budget]), (many, given[budget]), (few, _PASSES)):
        args = list(_examples(given, inputs, count, draw))
        args[budget] = passes
        (run,) = trainer.run([args], seeds=[draw.seed("training")], calls=_PASSES * count)
        uses.append(_use(run, args[inputs]))
        last = passes == _PASSES or uses[-1].leaves_its_last_batch(size)
        if run.answer.error is not None or uses[-1].looked or not last:
            return None
    return uses[0]


def _examples(given: Sequence[Any], inputs: int, count: int, draw: Draw) -> Iterator[Any]:
    """The arguments with `count` examples, drawn afresh, and what belongs to each (N, ...) over and over."""
    of, shape = given[inputs].shape[0], given[inputs].shape[1:]
    for place, value in enumerate(given):
        if place == inputs:
            yield torch.from_numpy(draw(f"{count} examples").random((count, *shape))).to(value.dtype)
        elif isinstance(value, torch.Tensor) and value.dim() and len(value) == of:
            yield value[torch.arange(count) % of]
        else:
            yield value


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
