"""What the loss was told: read from its gradient at the model's output, row by row, whatever computed it.

At an output o the gradient of cross-entropy is c (softmax(o) - e_k), where k is the target: so it says which
law the loss follows, which target each output met, and which outputs were not scored at all. The
certificate beside it needs no recording: another target has to lead to other weights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional as F

from grader.evidence import Evidence, HeatMap, Steps
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.training import answered
from grader.judge.training import Told, Trained, Trainer, drawn
from grader.record import Fact

_NEAR = 2e-3
_MOST = 0.95
_CALLS = 12
_Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Rows:
    """Outputs that could be traced to a place in the data: output and gradient (R, V), and per row the
    sequence and step, its input letter, the one before (-1: none) and its target."""

    output: torch.Tensor
    gradient: torch.Tensor
    sequence: torch.Tensor
    step: torch.Tensor
    letter: torch.Tensor
    before: torch.Tensor
    target: torch.Tensor

    def scored(self) -> torch.Tensor:
        size = self.gradient.abs().amax(1)
        return size > 1e-6 * float(size.max())

    def only(self, chosen: torch.Tensor) -> Rows:
        return Rows(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def loss_meets_targets(trainer: Trainer, draw: Draw, args: Sequence[Any], *, inputs: int, targets: int) -> None:
    """In `trainer(*args)` the loss is cross-entropy of every output with its own target.

    `inputs` and `targets` are places among `args`: X (N, T) numbers or (N, T, V) one-hot, Y (N, T) numbers.
    The law: residual 2e-3 of the gradient, in 95 % of the rows; any positive factor (a sum, a mean, a weight
    per batch), and laws of its own kind whose gradients point at the targets (one class against the rest,
    smoothed labels), are right. So are log-probabilities under cross-entropy or NLL.
    Findings: loss.softmax_before_cross_entropy, loss.nll_on_logits, loss.nll_on_probabilities,
    loss.mse_for_classes, loss.flatten_mismatch, train.target_not_shifted (the input's own letter, in more
    than 80 % of the rows), train.target_shifted_wrong_way, loss.wrong_pairs, loss.differs,
    train.data_not_used (fewer than 80 % of the sequences scored), loss.not_all_steps.
    Nothing is said where no call of the model can be traced (a loop that goes around its `forward`): then
    `learns_from_every_target` decides. Choose data in which few letters follow themselves.
    """
    (run,) = trainer.run([drawn(args, draw)], seeds=[draw.seed("training")], calls=_CALLS)
    answered(run.answer)
    letters, y = _letters(args[inputs]), args[targets]
    blocks = [block for call in run.calls if (block := _traced(call, letters, y)) is not None]
    rows = _joined([rows for rows, _, _ in blocks])
    if rows is None:
        return
    code = _law(rows) or _scrambled(blocks) or _pairs(rows, _read(rows))
    facts: dict[str, Fact] = {"name": trainer.name, "rows": int(rows.scored().sum())}
    if code is not None:
        raise Finding(code, facts=facts, evidence=_compared(rows), about=trainer.name)
    _coverage(rows, letters, run, trainer.name)


def learns_from_every_target(
    trainer: Trainer, draw: Draw, args: Sequence[Any], *, targets: int, classes: int
) -> None:
    """Each target (n, t) alone, replaced by another class, leads to other weights after `trainer(*args)`.

    Same first weights, same seed; no influence is exactly 0. What seems to have none is asked again with
    another class. Findings: loss.not_all_steps, train.data_not_used (no target, or whole sequences, without
    influence). Costs a training per target: give few, short sequences and two or three steps.
    """
    given = drawn(args, draw)
    y, seed = args[targets], draw.seed("training")
    moved = torch.zeros(y.shape)
    for _ in range(2):
        places = (moved == 0).nonzero().tolist()
        shift = 1 + draw.integers(0, classes - 1, len(places), purpose="substitute")
        cases = [given]
        for (n, t), by in zip(places, shift.tolist(), strict=True):
            changed = y.clone()
            changed[n, t] = (changed[n, t] + by) % classes
            cases.append([changed if place == targets else v for place, v in enumerate(given)])
        base, *others = trainer.run(cases, seeds=[seed] * len(cases))
        answered(base.answer)
        for (n, t), other in zip(places, others, strict=True):
            answered(other.answer)
            moved[n, t] = _apart(base, other)
        if bool(moved.all()):
            return
    unused = (moved == 0).all(1)
    code = "train.data_not_used" if unused.any() else "loss.not_all_steps"
    first = (moved == 0).nonzero()[0].tolist()
    facts: dict[str, Fact] = {
        "name": trainer.name,
        "unused": int((moved == 0).sum()),
        "of": moved.numel(),
        "step": first[1] + 1,
    }
    picture = HeatMap(
        [str(n + 1) for n in range(y.shape[0])],
        [str(t + 1) for t in range(y.shape[1])],
        moved.tolist(),
        torch.ones(y.shape, dtype=torch.bool).tolist(),
        "@axis.sequence",
        "@axis.target",
    )
    raise Finding(code, facts=facts, evidence=[picture], about=trainer.name)


def _apart(one: Trained, other: Trained) -> float:
    """The largest difference between the weights after two trainings."""
    pairs = zip(one.weights, other.weights, strict=False)
    apart = [float((a.after - b.after).abs().max()) for a, b in pairs if a.after.shape == b.after.shape]
    return min(max(apart, default=0.0), 1e30)


def _letters(x: torch.Tensor) -> torch.Tensor:
    return x.argmax(-1) if x.is_floating_point() else x


def _traced(
    call: Told, letters: torch.Tensor, y: torch.Tensor
) -> tuple[Rows, torch.Tensor, torch.Tensor] | None:
    """The rows of one call with their places in the data; also its targets (B, T) and whether all are known."""
    if call.gradient is None or not isinstance(call.input, torch.Tensor) or call.input.dim() < 2:
        return None
    seen = _letters(call.input)
    if seen.dim() != 2 or call.output.numel() % max(seen.numel(), 1) or not call.output.numel():
        return None
    batch, steps = seen.shape
    size = call.output.numel() // seen.numel()
    shape = (batch, steps, size)
    if call.output.shape not in (torch.Size(shape), torch.Size((batch * steps, size)), torch.Size(shape[1:])):
        return None
    output = call.output.double().reshape(shape)
    gradient = call.gradient.double().reshape(shape)
    places = [_found(row, letters, y) for row in seen]
    known = torch.tensor([place is not None for place in places])
    if not known.any() or not torch.isfinite(gradient).all() or not gradient.abs().max():
        return None
    n = torch.tensor([place[0] if place else 0 for place in places])[:, None].expand(batch, steps)
    start = torch.tensor([place[1] if place else 0 for place in places])[:, None]
    t = start + torch.arange(steps)
    before = torch.where(t > 0, letters[n, (t - 1).clamp(min=0)], -1)
    parts = [output, gradient, n, t, letters[n, t], before, y[n, t]]
    return Rows(*(part[known].flatten(0, 1) for part in parts)), y[n, t], known


def _found(row: torch.Tensor, letters: torch.Tensor, y: torch.Tensor) -> tuple[int, int] | None:
    """(sequence, first step) of this row in the data; None where there is none, or its targets are not clear."""
    size = row.shape[0]
    found: list[tuple[int, int]] = []
    for start in range(letters.shape[1] - size + 1):
        same = (letters[:, start : start + size] == row).all(1).nonzero().flatten().tolist()
        found += [(n, start) for n in same]
    if not found:
        return None
    n, start = found[0]
    clear = all(torch.equal(y[m, s : s + size], y[n, start : start + size]) for m, s in found[1:])
    return found[0] if clear else None


def _joined(parts: Sequence[Rows]) -> Rows | None:
    sizes = {part.output.shape[1] for part in parts}
    if len(sizes) != 1:
        return None
    return Rows(*(torch.cat([getattr(part, name) for part in parts]) for name in Rows.__dataclass_fields__))


def _law(rows: Rows) -> str | None:
    """The name of a wrong law, where the gradients follow one."""
    scored = rows.only(rows.scored())
    o, g = scored.output, scored.gradient
    probabilities = bool((o >= 0).all()) and float((o.sum(1) - 1).abs().max()) < 1e-3
    logs = float(o.logsumexp(1).abs().max()) < 1e-3
    if _follows(rows, cross_entropy=True):
        return "loss.softmax_before_cross_entropy" if probabilities else None
    if _follows(rows, cross_entropy=False):
        if logs:
            return None
        size = -g.amin(1)
        constant = float(size.max() / size.min()) < 1 + _NEAR
        if probabilities:
            return "loss.nll_on_probabilities" if constant else None
        return "loss.nll_on_logits"
    laws: list[tuple[str, _Loss]] = [
        ("loss.softmax_before_cross_entropy", lambda a, k: F.cross_entropy(a.softmax(1), k, reduction="sum")),
        ("loss.nll_on_probabilities", lambda a, k: F.nll_loss(a.softmax(1), k, reduction="sum")),
        ("loss.mse_for_classes", lambda a, k: (a - _one_hot(k, a)).square().sum()),
        ("loss.mse_for_classes", lambda a, k: (a.softmax(1) - _one_hot(k, a)).square().sum()),
        ("loss.mse_for_classes", lambda a, k: (a.sigmoid() - _one_hot(k, a)).square().sum()),
    ]
    for code, law in laws:
        for meant in (scored.target, scored.letter):
            if _alike(_gradient(law, o, meant), g):
                return code
    return None


def _scrambled(blocks: Sequence[tuple[Rows, torch.Tensor, torch.Tensor]]) -> str | None:
    """Whether outputs and targets of a call were flattened in different orders."""
    ways: list[_Loss] = [
        lambda o, y: F.cross_entropy(o.transpose(1, 2).reshape(-1, o.shape[2]), y.reshape(-1)),
        lambda o, y: F.cross_entropy(o.reshape(o.shape[0], o.shape[2], o.shape[1]), y),
        lambda o, y: F.cross_entropy(o.transpose(0, 1).reshape(-1, o.shape[2]), y.reshape(-1)),
        lambda o, y: F.cross_entropy(o.reshape(-1, o.shape[2]), y.T.reshape(-1)),
    ]
    wholes = [(rows, y) for rows, y, known in blocks if known.all()]
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


def _read(rows: Rows) -> torch.Tensor:
    """The class that each row's gradient asks for."""
    return rows.gradient.argmin(1)


def _pairs(rows: Rows, read: torch.Tensor) -> str | None:
    scored = rows.scored()
    if float((read == rows.target)[scored].double().mean()) >= 0.7:
        return None
    for code, other in (
        ("train.target_not_shifted", rows.letter),
        ("train.target_shifted_wrong_way", rows.before),
    ):
        counted = scored & (other != rows.target) & (other >= 0)
        if counted.any() and float((read == other)[counted].double().mean()) > 0.8:
            return code
    lawful = _follows(rows, cross_entropy=True) or _follows(rows, cross_entropy=False)
    return "loss.wrong_pairs" if lawful else "loss.differs"


def _coverage(rows: Rows, letters: torch.Tensor, run: Trained, name: str) -> None:
    scored = rows.only(rows.scored())
    seen = set(scored.sequence.tolist())
    complete = len(run.calls) < _CALLS
    facts: dict[str, Fact] = {"name": name, "used": len(seen), "of": letters.shape[0]}
    if complete and len(seen) < 0.8 * letters.shape[0]:
        raise Finding("train.data_not_used", facts=facts, about=name)
    missing = sorted(set(range(letters.shape[1])) - set(scored.step.tolist()))
    if missing:
        facts = {"name": name, "unused": len(missing), "of": letters.shape[1], "step": missing[0] + 1}
        raise Finding("loss.not_all_steps", facts=facts, about=name)


def _follows(rows: Rows, *, cross_entropy: bool) -> bool:
    """Whether each gradient is c (softmax(o) - e_k), or else -c e_k, for its own k and c > 0."""
    scored = rows.only(rows.scored())
    k = _read(scored)
    target = _one_hot(k, scored.output)
    shape = (scored.output.softmax(1) if cross_entropy else torch.zeros_like(target)) - target
    return _alike(shape, scored.gradient)


def _alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether rows point the same way, but for a positive factor each; rows of zeros fit only each other."""
    sizes = one.norm(dim=1), other.norm(dim=1)
    small = [size <= 1e-6 * float(size.max()) for size in sizes]
    apart = (one / sizes[0].clamp(min=1e-30)[:, None] - other / sizes[1].clamp(min=1e-30)[:, None]).norm(dim=1)
    fits = torch.where(small[0] | small[1], small[0] & small[1], apart < _NEAR)
    return float(fits.double().mean()) >= _MOST


def _gradient(loss: _Loss, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    leaf = output.detach().clone().requires_grad_()
    (found,) = torch.autograd.grad(loss(leaf, target), leaf)
    return found


def _one_hot(k: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return F.one_hot(k.clamp(0, like.shape[1] - 1), like.shape[1]).to(like.dtype)


def _compared(rows: Rows) -> list[Evidence]:
    """The first sequence scored: its letters, its targets, and the classes that the gradients ask for."""
    chosen = rows.only(rows.sequence == rows.sequence[0])
    chosen = chosen.only(torch.arange(len(chosen.step)) < len(set(chosen.step.tolist())))
    read, scored = _read(chosen).tolist(), chosen.scored().tolist()
    asked = [str(k) if fine else "·" for k, fine in zip(read, scored, strict=True)]
    right = [str(k) for k in chosen.target.tolist()]
    bad = [[2, t] for t, (a, b) in enumerate(zip(asked, right, strict=True)) if a != b]
    tokens = [[str(k) for k in chosen.letter.tolist()], right, asked]
    return [Steps(["@row.input", "@row.target", "@row.loss_asks"], tokens, bad)]
