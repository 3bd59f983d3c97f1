"""What the loss was told: read from its gradient at the model's output, row by row, whatever computed it.

At an output o the gradient of cross-entropy is c (softmax(o) - e_k), where k is the target: so it says which
law the loss follows, which target each output met, and which outputs were not scored at all. The
certificate beside it needs no recording: another target has to lead to other weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from grader.evidence import Evidence, HeatMap, Steps
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.laws import follows, law, read, scrambled
from grader.judge.probes.tracing import Rows, joined, traced
from grader.judge.probes.training import ended
from grader.judge.training import Trained, Trainer, drawn
from grader.record import Fact

_CALLS = 12
_FEW = 3
"""So many rows without a gradient may be of one class by chance."""


def loss_meets_targets(
    trainer: Trainer, draw: Draw, args: Sequence[Any], *, inputs: int, targets: int
) -> None:
    """In `trainer(*args)` the loss is cross-entropy of every output with its own target.

    `inputs` and `targets` are places among `args`: X (N, T) numbers or (N, T, V) one-hot with Y (N, T)
    numbers, or X (N, ...) of any kind, all different, with Y (N,).
    The law: residual 2e-3 of the gradient, in 95 % of the rows; any positive factor (a sum, a mean, a weight
    per batch), and laws of its own kind whose gradients point at the targets (one class against the rest,
    smoothed labels), are right. So are log-probabilities under cross-entropy or NLL.
    Findings: loss.softmax_before_cross_entropy, loss.nll_on_logits, loss.nll_on_probabilities,
    loss.mse_for_classes, ce.softmax_over_batch, loss.flatten_mismatch, train.target_not_shifted (the
    input's own letter, in more than 80 % of the rows), train.target_shifted_wrong_way, loss.wrong_pairs,
    loss.differs, train.data_not_used (fewer than 80 % of the sequences scored, rounded down),
    loss.not_all_steps, and where the rows that are not scored are all those of one class
    loss.first_class_ignored, or loss.not_all_steps.
    Nothing is said where no call of the model can be traced (a loop that goes around its `forward`): then
    `learns_from_every_target` decides. Choose data in which few letters follow themselves.
    """
    (run,) = trainer.run([drawn(args, draw)], seeds=[draw.seed("training")], calls=_CALLS)
    ended(run)
    x, y = args[inputs], args[targets]
    blocks = [block for call in run.calls if (block := traced(call, x, y)) is not None]
    rows = joined([block.rows for block in blocks])
    if rows is None or int(rows.target.max()) >= rows.output.shape[1]:
        return
    code = law(rows, blocks) or scrambled(blocks) or _pairs(rows)
    facts: dict[str, Fact] = {"name": trainer.name, "rows": int(rows.scored().sum())}
    if code is not None:
        raise Finding(code, facts=facts, evidence=_compared(rows), about=trainer.name)
    _coverage(rows, y, run, trainer.name)


def learns_from_every_target(
    trainer: Trainer, draw: Draw, args: Sequence[Any], *, targets: int, classes: int
) -> None:
    """Each target (n, t), or (n,), alone, replaced by another class, leads to other weights.

    Same first weights, same seed; no influence is exactly 0. What seems to have none is asked again with
    another class. Findings: loss.not_all_steps, train.data_not_used (no target, or whole sequences, without
    influence). Costs a training per target: give few, short sequences and two or three steps.
    """
    given = drawn(args, draw)
    y, seed = args[targets], draw.seed("training")
    moved = torch.zeros(y.shape)
    for _ in range(2):
        places = [tuple(place) for place in (moved == 0).nonzero().tolist()]
        shift = 1 + draw.integers(0, classes - 1, len(places), purpose="substitute")
        cases = [given]
        for place, by in zip(places, shift.tolist(), strict=True):
            changed = y.clone()
            changed[place] = (changed[place] + by) % classes
            cases.append([changed if at == targets else v for at, v in enumerate(given)])
        base, *others = trainer.run(cases, seeds=[seed] * len(cases))
        ended(base)
        for place, other in zip(places, others, strict=True):
            ended(other)
            moved[place] = apart(base, other)
        if bool(moved.all()):
            return
    moved = moved if moved.dim() > 1 else moved[:, None]
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
        [str(n + 1) for n in range(moved.shape[0])],
        [str(t + 1) for t in range(moved.shape[1])],
        moved.tolist(),
        torch.ones(moved.shape, dtype=torch.bool).tolist(),
        "@axis.trained_on",
        "@axis.target",
    )
    raise Finding(code, facts=facts, evidence=[picture], about=trainer.name)


def apart(one: Trained, other: Trained) -> float:
    """The largest difference between the weights after two trainings, by order and shape."""
    pairs = zip(one.weights, other.weights, strict=False)
    apart = [float((a.after - b.after).abs().max()) for a, b in pairs if a.after.shape == b.after.shape]
    return min(max(apart, default=0.0), 1e30)


def _pairs(rows: Rows) -> str | None:
    asked, scored = read(rows), rows.scored()
    if float((asked == rows.target)[scored].double().mean()) >= 0.7:
        return None
    for code, other in (
        ("train.target_not_shifted", rows.letter),
        ("train.target_shifted_wrong_way", rows.before),
    ):
        counted = scored & (other != rows.target) & (other >= 0)
        if counted.any() and float((asked == other)[counted].double().mean()) > 0.8:
            return code
    lawful = follows(rows, cross_entropy=True) or follows(rows, cross_entropy=False)
    return "loss.wrong_pairs" if lawful else "loss.differs"


def _coverage(rows: Rows, y: torch.Tensor, run: Trained, name: str) -> None:
    scored = rows.only(rows.scored())
    seen = set(scored.sequence.tolist())
    complete = len(run.calls) < _CALLS
    _every_class(rows, name)
    facts: dict[str, Fact] = {"name": name, "used": len(seen), "of": y.shape[0]}
    if complete and len(seen) < max(1, int(0.8 * y.shape[0])):
        raise Finding("train.data_not_used", facts=facts, about=name)
    missing = sorted(set(range(y.shape[1] if y.dim() > 1 else 1)) - set(scored.step.tolist()))
    if missing:
        facts = {"name": name, "unused": len(missing), "of": y.shape[1], "step": missing[0] + 1}
        raise Finding("loss.not_all_steps", facts=facts, about=name)


def _every_class(rows: Rows, name: str) -> None:
    """Raises where the rows without a gradient are those of one class, all of them, and of no other."""
    silent = ~rows.scored()
    classes = set(rows.target[silent].tolist())
    if len(classes) != 1 or int(silent.sum()) < _FEW:
        return
    (number,) = classes
    if not torch.equal(silent, rows.target == number):
        return
    code = "loss.not_all_steps" if number else "loss.first_class_ignored"
    facts: dict[str, Fact] = {"name": name, "unused": int(silent.sum()), "of": len(silent)}
    raise Finding(code, facts=facts, evidence=_compared(rows.only(silent)), about=name)


def _compared(rows: Rows) -> list[Evidence]:
    """The first sequence scored: its letters, its targets, and the classes that the gradients ask for.

    Nothing where these agree: then something else is wrong, and the table would only say that all is well.
    """
    chosen = rows.only(rows.sequence == rows.sequence[0])
    chosen = chosen.only(torch.arange(len(chosen.step)) < len(set(chosen.step.tolist())))
    classes, scored = read(chosen).tolist(), chosen.scored().tolist()
    asked = [str(k) if fine else "·" for k, fine in zip(classes, scored, strict=True)]
    right = [str(k) for k in chosen.target.tolist()]
    bad = [[2, t] for t, (a, b) in enumerate(zip(asked, right, strict=True)) if a != b]
    if not bad:
        return []
    letters = chosen.letter.tolist()
    if max(letters) < 0:  # no letters, but rows of an image or the like
        return [Steps(["@row.target", "@row.loss_asks"], [right, asked], [[1, t] for _, t in bad])]
    tokens = [[str(k) if k >= 0 else "·" for k in letters], right, asked]
    return [Steps(["@row.input", "@row.target", "@row.loss_asks"], tokens, bad)]
