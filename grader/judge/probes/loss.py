"""Losses over padded batches: which positions count, by what they are divided, what can be learnt."""

from __future__ import annotations

import re

import torch
from torch.nn import functional as F

from grader.evidence import Bars
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.function import Function
from grader.judge.probes.measure import FORMULA, rel
from grader.judge.probes.ragged import valid
from grader.judge.probes.scalar import COTANGENT, apart, equals, number
from grader.record import Fact

_NO_GRADIENT = re.compile(r"does not require grad|no grad", re.IGNORECASE)
_CASES = (((3, 5, 2, 4), 7), ((6, 1, 4), 6), ((4, 4), 4))
_SURE_CASE, _SURE_PLACE = 1, (0, 2)
_SURE = 60.0
"""The loss there is 0 in either precision, and the other classes' probabilities are still numbers above 0."""
_CLASSES = 5


def masked_loss(function: Function, draw: Draw) -> None:
    """`function(logits (B, T, C), targets (B, T) long, lengths (B,) long)` is the mean cross-entropy over the
    steps t < lengths[b], and carries the gradient of that mean.

    Logits 2 N, targets and what stands at padded steps at random (class 0 is a class like any other);
    one batch wider than its longest row, one as wide, one without padding; in the second one step is
    predicted with certainty, and counts for all that. Tolerance 1e-5, relative, also in float64: wrong
    formulas are drawn to differ by 1e-3. Raises the name of the wrong formula that fits (`wrong_losses`),
    else `loss.differs`; then `grad.graph_cut` where no gradient comes or another one.
    """
    cases = [_drawn(draw, sizes, steps, sure=n == _SURE_CASE) for n, (sizes, steps) in enumerate(_CASES)]
    function = function.settled(*cases[0])
    answers = function.run(cases)
    values = [number(answer.get(), function.name) for answer in answers]
    for n, ((logits, targets, lengths), value) in enumerate(zip(cases, values, strict=True)):
        facts: dict[str, Fact] = {"counted": int(lengths.sum()), "positions": targets.numel()}
        if n == _SURE_CASE:  # a name that did not fit before has to do with the letter that is certain
            facts["sure"] = "one"
        equals(
            value,
            _right(logits, targets, lengths),
            wrong_losses(logits, targets, lengths),
            differs="loss.differs",
            name=function.name,
            facts=facts,
        )
    _gradient(function, *cases[0])


def _gradient(function: Function, logits: torch.Tensor, targets: torch.Tensor, lengths: torch.Tensor) -> None:
    leaf = logits.clone().requires_grad_()
    (expected,) = torch.autograd.grad(COTANGENT * _right(leaf, targets, lengths), leaf)
    facts: dict[str, Fact] = {"name": function.name}
    try:
        gradients = function.gradients(logits, targets, lengths, cotangents=[torch.tensor(COTANGENT)])
    except Finding as finding:
        if _NO_GRADIENT.search(str(finding.facts.get("message", ""))):
            raise Finding("grad.graph_cut", facts=facts, about=function.name) from finding
        raise
    got = gradients.inputs[0] if gradients.inputs else None
    if got is None or rel(got, expected) > FORMULA[False]:
        evidence = []
        if got is not None and got.shape == expected.shape:
            sizes = got.abs().amax(-1)[0].tolist()
            due = expected.abs().amax(-1)[0] > 0
            flagged = [t for t, size in enumerate(sizes) if (size > 0) != bool(due[t])]
            evidence = [Bars([str(t + 1) for t in range(len(sizes))], sizes, flagged, "@unit.gradient")]
        raise Finding("grad.graph_cut", facts=facts, evidence=evidence, about=function.name)


def wrong_losses(
    logits: torch.Tensor, targets: torch.Tensor, lengths: torch.Tensor
) -> list[tuple[str, torch.Tensor]]:
    """Known wrong formulas by name, the more specific first."""
    mask = valid(lengths, targets.shape[1])
    longest, count = int(lengths.max()), mask.sum()
    ce = each(logits, targets)
    zeroed, first = logits * mask[:, :, None], targets * mask
    swapped = each(logits.transpose(0, 1).reshape(logits.shape), targets)
    turned = each(logits.transpose(1, 2).reshape(logits.shape), targets)
    viewed = logits.reshape(len(logits), logits.shape[2], -1).transpose(1, 2)
    ends = torch.nn.functional.one_hot(lengths - 1, targets.shape[1]).bool()
    by_size = valid(lengths.sort(descending=True).values, targets.shape[1])
    shorter, further = valid(lengths - 1, targets.shape[1]), valid(lengths + 1, targets.shape[1])
    picked = logits.gather(2, targets[:, :, None])[:, :, 0]
    soft = logits.softmax(-1)
    named = targets != 0
    candidates = [
        ("loss.counts_padding", ce.mean()),
        ("loss.counts_padding", ce[:, :longest].mean()),
        ("loss.counts_padding", each(zeroed, targets).mean()),
        ("loss.counts_padding", each(zeroed, first).mean()),
        ("loss.counts_padding", each(logits, first).mean()),
        ("loss.counts_padding", each(zeroed, first)[:, :longest].mean()),
        ("loss.counts_padding", mean(ce, further)),
        ("loss.divides_by_padding", (ce * mask).mean()),
        ("loss.divides_by_padding", (ce * mask)[:, :longest].mean()),
        ("loss.sum_not_mean", (ce * mask).sum()),
        ("loss.sum_not_mean", (ce * mask).sum() / len(logits)),
        ("loss.rows_weigh_equally", ((ce * mask).sum(1) / lengths).mean()),
        ("loss.not_all_steps", mean(ce, ends)),
        ("loss.not_all_steps", mean(ce, shorter)),
        ("loss.first_class_ignored", mean(ce, mask & named)),
        ("loss.first_class_ignored", mean(ce, named)),
        ("loss.first_class_ignored", (ce * (mask & named)).sum() / count),
        ("loss.flatten_mismatch", mean(swapped, mask)),
        ("loss.flatten_mismatch", swapped.mean()),
        ("loss.flatten_mismatch", mean(turned, mask)),
        ("loss.flatten_mismatch", mean(each(viewed, targets), mask)),
        ("loss.wrong_pairs", mean(each(logits, targets.roll(1, 0)), mask)),
        ("loss.wrong_pairs", mean(each(logits, targets.roll(-1, 0)), mask)),
        ("packing.lengths_of_others", mean(ce, by_size)),
        ("loss.softmax_before_cross_entropy", mean(each(soft, targets), mask)),
        ("loss.nll_on_logits", mean(-picked, mask)),
        ("loss.nll_on_probabilities", mean(-soft.gather(2, targets[:, :, None])[:, :, 0], mask)),
    ]
    unsure = mask & (ce > torch.finfo(torch.float32).eps)
    if not torch.equal(unsure, mask):
        candidates.append(("loss.not_all_steps", mean(ce, unsure)))
    return [(name, value) for name, value in candidates if bool(torch.isfinite(value))]


def _drawn(draw: Draw, sizes: tuple[int, ...], steps: int, *, sure: bool) -> list[torch.Tensor]:
    """A batch on which every wrong formula that can differ from the right one does so clearly.

    sure: one step's target is predicted with certainty
    """
    lengths = torch.tensor(sizes)
    padded = bool((lengths < steps).any())
    while True:
        logits = draw.normal(len(sizes), steps, _CLASSES, scale=2.0)
        targets = draw.integers(0, _CLASSES, len(sizes), steps, purpose="targets")
        if sure:
            logits[*_SURE_PLACE, targets[_SURE_PLACE]] = _SURE
        wrong = wrong_losses(logits, targets, lengths)
        if not padded or apart(_right(logits, targets, lengths), wrong):
            return [logits, targets, lengths]


def _right(logits: torch.Tensor, targets: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    return mean(each(logits, targets), valid(lengths, targets.shape[1]))


def each(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of every position, (B, T)."""
    flat = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1), reduction="none")
    return flat.reshape(targets.shape)


def mean(values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean over the positions of the mask."""
    return (values * mask).sum() / mask.sum()
