"""Known wrong formulas of softmax and cross-entropy, each under its name, the more specific first."""

from __future__ import annotations

import math

import torch
from torch.nn import functional as F

from grader.judge.probes import scalar


def wrong_softmaxes(logits: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
    """(code, result) for logits (N, C); results may be of another shape."""
    exps, right = logits.exp(), logits.softmax(1)
    centred = (logits - logits.amax(1, keepdim=True)).exp()
    return [
        ("ce.softmax_over_batch", logits.softmax(0)),
        ("ce.softmax_over_batch", centred / centred.sum(0)),
        ("ce.softmax_over_all", exps / exps.sum()),
        ("ce.softmax_over_all", centred / centred.sum()),
        ("ce.softmax_twice", right.softmax(1)),
        ("ce.log_returned", logits.log_softmax(1)),
        ("ce.not_normalised", exps),
        ("ce.not_normalised", centred),
        ("ce.not_normalised", exps / exps.mean(1, keepdim=True)),
        ("ce.exp_missing", logits / logits.sum(1, keepdim=True)),
        ("ce.exp_missing", logits.abs() / logits.abs().sum(1, keepdim=True)),
        ("ce.sigmoid_for_softmax", logits.sigmoid()),
        ("ce.sign", (-logits).softmax(1)),
        ("ce.log2", (logits * math.log(2)).softmax(1)),
        ("ce.log2", (logits * math.log(10)).softmax(1)),
    ]


def is_cross_entropy(got: torch.Tensor, logits: torch.Tensor, targets: torch.Tensor, name: str) -> None:
    """`got` is the mean cross-entropy, or raises the wrong formula that fits, else ce.differs."""
    right, wrong = F.cross_entropy(logits, targets), wrong_cross_entropies(logits, targets)
    scalar.equals(got, right, wrong, differs="ce.differs", name=name, facts={"rows": len(logits)})


def wrong_cross_entropies(logits: torch.Tensor, targets: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
    """(code, value) for logits (N, C) and targets (N,) long; numbers that are not finite are left out."""
    rows, classes = logits.shape
    log, soft = logits.log_softmax(1), logits.softmax(1)
    right = F.cross_entropy(logits, targets)
    mine = torch.arange(rows)
    one_hot = F.one_hot(targets, classes).to(logits.dtype)
    binary = F.binary_cross_entropy(soft, one_hot, reduction="none")
    per_class = F.binary_cross_entropy_with_logits(logits, one_hot, reduction="none")
    centred = logits - logits.amax(1, keepdim=True)

    def of(scores: torch.Tensor) -> torch.Tensor:
        return -scores[mine, targets].mean()

    candidates = [
        ("ce.sign", -right),
        ("ce.sign", F.cross_entropy(-logits, targets)),
        ("ce.log_missing", of(soft)),
        ("ce.log_missing", -of(soft)),
        ("ce.log_missing", 1 + of(soft)),
        ("ce.log2", right / math.log(2)),
        ("ce.log2", right / math.log(10)),
        ("ce.softmax_over_batch", of(logits.log_softmax(0))),
        ("ce.softmax_over_batch", of(centred.log_softmax(0))),
        ("ce.softmax_over_all", of(logits - logits.flatten().logsumexp(0))),
        ("ce.softmax_over_all", of(centred - centred.flatten().logsumexp(0))),
        ("ce.softmax_twice", F.cross_entropy(soft, targets)),
        ("ce.softmax_twice", F.cross_entropy(soft.softmax(1), targets)),
        ("ce.sum_not_mean", right * rows),
        ("ce.mean_over_classes", right / classes),
        ("ce.mean_over_classes", right * rows / classes),
        ("ce.sigmoid_for_softmax", of(logits.sigmoid().log())),
        ("ce.sigmoid_for_softmax", per_class.mean()),
        ("ce.sigmoid_for_softmax", per_class.sum(1).mean()),
        ("ce.binary_for_classes", binary.mean()),
        ("ce.binary_for_classes", binary.sum(1).mean()),
        ("loss.nll_on_logits", of(logits)),
        ("loss.nll_on_logits", -of(logits)),
        ("loss.wrong_pairs", -log[:, targets].mean()),
        ("loss.wrong_pairs", _other_rows(log, targets)),
        ("loss.wrong_pairs", of(log.roll(1, 0))),
        ("loss.wrong_pairs", of(log.roll(-1, 0))),
        ("ce.target_ignored", -log.amax(1).mean()),
        ("ce.target_ignored", -(soft * log).sum(1).mean()),
        ("ce.target_ignored", -(soft * log).mean()),
        ("ce.target_ignored", -log.mean()),
        ("ce.target_ignored", -log.sum(1).mean()),
        ("ce.target_ignored", -log[:, 0].mean()),
        ("loss.not_all_steps", -log[0, targets[0]]),
        ("loss.not_all_steps", -log[-1, targets[-1]]),
        ("loss.mse_for_classes", F.mse_loss(soft, one_hot)),
        ("loss.mse_for_classes", F.mse_loss(soft, one_hot) * classes),
        ("loss.mse_for_classes", F.mse_loss(logits, one_hot)),
        ("ce.exp_missing", of((logits / logits.sum(1, keepdim=True)).log())),
        ("ce.exp_missing", of(logits.log())),
        ("ce.not_normalised", of(logits) + logits.exp().sum(1).mean()),
        ("ce.not_normalised", of(centred)),
    ]
    return [(code, value) for code, value in candidates if bool(torch.isfinite(value))]


def _other_rows(log: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The scores in rows chosen by class numbers, as indexing without a column does; NaN where none are."""
    return -log[targets].mean() if int(targets.max()) < len(log) else log.new_tensor(float("nan"))
