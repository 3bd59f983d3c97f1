"""Which law a loss follows, told by its gradient at the model's outputs, whatever computed it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch.nn import functional as F

from grader.judge.probes.tracing import Block, Rows

_NEAR = 2e-3
_MOST = 0.95
_Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def law(rows: Rows, blocks: Sequence[Block]) -> str | None:
    """The name of a wrong law, where the gradients follow one. `rows` are those of `blocks` together."""
    scored = rows.only(rows.scored())
    o, g = scored.output, scored.gradient
    probabilities = bool((o >= 0).all()) and float((o.sum(1) - 1).abs().max()) < 1e-3
    logs = float(o.logsumexp(1).abs().max()) < 1e-3
    if follows(rows, cross_entropy=True):
        if probabilities:
            return "loss.softmax_before_cross_entropy"
        return "loss.nll_on_probabilities" if _weighs_by_probability(blocks[0].rows) else None
    if follows(rows, cross_entropy=False):
        if logs:
            return None
        size = -g.amin(1)
        constant = float(size.max() / size.min()) < 1 + _NEAR
        if probabilities:
            return "loss.nll_on_probabilities" if constant else None
        return "loss.nll_on_logits"
    if _over_the_batch(blocks):
        return "ce.softmax_over_batch"
    laws: list[tuple[str, _Loss]] = [
        ("loss.softmax_before_cross_entropy", lambda a, k: F.cross_entropy(a.softmax(1), k, reduction="sum")),
        ("loss.nll_on_probabilities", lambda a, k: F.nll_loss(a.softmax(1), k, reduction="sum")),
        ("loss.mse_for_classes", lambda a, k: (a - _one_hot(k, a)).square().sum()),
        ("loss.mse_for_classes", lambda a, k: (a.softmax(1) - _one_hot(k, a)).square().sum()),
        ("loss.mse_for_classes", lambda a, k: (a.sigmoid() - _one_hot(k, a)).square().sum()),
    ]
    for code, wrong in laws:
        for meant in (scored.target, scored.letter.clamp(min=0)):
            if _alike(_gradient(wrong, o, meant), g):
                return code
    return None


def scrambled(blocks: Sequence[Block]) -> str | None:
    """Whether outputs and targets of a call were flattened in different orders."""
    ways: list[_Loss] = [
        lambda o, y: F.cross_entropy(o.transpose(1, 2).reshape(-1, o.shape[2]), y.reshape(-1)),
        lambda o, y: F.cross_entropy(o.reshape(o.shape[0], o.shape[2], o.shape[1]), y),
        lambda o, y: F.cross_entropy(o.transpose(0, 1).reshape(-1, o.shape[2]), y.reshape(-1)),
        lambda o, y: F.cross_entropy(o.reshape(-1, o.shape[2]), y.T.reshape(-1)),
    ]
    wholes = [(block.rows, block.targets) for block in blocks if block.whole]
    for way in ways:
        fits = []
        for rows, y in wholes:
            o, g = rows.output.reshape(*y.shape, -1), rows.gradient.reshape(*y.shape, -1)
            right = _gradient(lambda a, k: F.cross_entropy(a.transpose(1, 2), k), o, y)
            got = _gradient(way, o, y)
            fits.append(_alike(got.flatten(0, 1), g.flatten(0, 1)) and not _alike(right[0], got[0]))
        if fits and all(fits):
            return "loss.flatten_mismatch"
    return None


def read(rows: Rows) -> torch.Tensor:
    """The class that each row's gradient asks for."""
    return rows.gradient.argmin(1)


def follows(rows: Rows, *, cross_entropy: bool) -> bool:
    """Whether each gradient is c (softmax(o) - e_k), or else -c e_k, for its own k and c > 0."""
    scored = rows.only(rows.scored())
    k = read(scored)
    target = _one_hot(k, scored.output)
    shape = (scored.output.softmax(1) if cross_entropy else torch.zeros_like(target)) - target
    return _alike(shape, scored.gradient)


def _over_the_batch(blocks: Sequence[Block]) -> bool:
    """Whether the gradients of each call add up to 0 for every class: so they do where the softmax was taken
    from row to row."""
    told = [block.rows.gradient for block in blocks if block.whole and len(block.rows.gradient) > 1]
    across = [float(g.sum(0).abs().max()) <= 1e-4 * float(g.abs().sum(0).max()) for g in told]
    return bool(told) and all(across)


def _weighs_by_probability(rows: Rows) -> bool:
    """-softmax(o)[k] has the gradient of cross-entropy, times the probability of k."""
    scored = rows.only(rows.scored())
    k = read(scored)[:, None]
    probability = scored.output.softmax(1).gather(1, k)
    factor = -scored.gradient.gather(1, k) / (1 - probability).clamp(min=1e-12)
    relative = factor / probability
    return float(relative.max() / relative.min()) < 1.01 < float(factor.max() / factor.min())


def _alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether rows point the same way, but for a positive factor each; rows of zeros fit only each other."""
    sizes = one.norm(dim=1), other.norm(dim=1)
    small = [size <= 1e-6 * float(size.max()) for size in sizes]
    units = [rows / size.clamp(min=1e-30)[:, None] for rows, size in zip((one, other), sizes, strict=True)]
    apart = (units[0] - units[1]).norm(dim=1)
    fits = torch.where(small[0] | small[1], small[0] & small[1], apart < _NEAR)
    return float(fits.double().mean()) >= _MOST


def _gradient(loss: _Loss, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    leaf = output.detach().clone().requires_grad_()
    (found,) = torch.autograd.grad(loss(leaf, target), leaf)
    return found


def _one_hot(k: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return F.one_hot(k.clamp(0, like.shape[1] - 1), like.shape[1]).to(like.dtype)
