"""The loss of a batch of sequences: which positions count, along which axis the classes lie."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch.nn import functional as F

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.function import Function
from grader.judge.probes import scalar
from grader.judge.probes.ce_mutants import wrong_cross_entropies
from grader.judge.probes.loss import each, mean
from grader.judge.probes.optional import asked, refuses_position
from grader.judge.probes.ragged import valid
from grader.judge.probes.swapped import named_failure, takes_them_swapped
from grader.judge.student import Handle
from grader.record import Fact

_FULL = ((3, 5, 4), (3, 4, 4), (1, 6, 3))
_PADDED = ((0, (3, 6, 2, 4), (7, 5)), (2, (5, 3, 1), (5, 5)), (-1, (2, 4, 6), (6, 4)), (-7, (1, 5), (5, 3)))
"""Index of padding, lengths, and (steps, classes)."""
_SPREAD = ((0, 1, 0, 1, 1, 0, 1), (1, 0, 0, 1, 0, 1, 0), (0, 0, 1, 0, 1, 1, 1))
"""Where letters stand among padding; both ends, and what is between, occur as either."""
_NAMES = ("outputs", "targets")
_Batch = tuple[torch.Tensor, torch.Tensor]


def counts_every_position(handle: Handle, draw: Draw) -> None:
    """`handle(outputs (B, T, C), targets (B, T) long)` is the mean cross-entropy over all B T positions.

    Outputs 2 N; T and C differ, are equal (where a missing transpose raises no error), and B is 1, where the
    last class is no target. Tolerance 1e-5, relative, also in float64; wrong formulas are drawn to differ by
    1e-3. Findings: the codes of `wrong_sequence_losses`, loss.arguments_swapped, else loss.differs;
    shape.wrong, input.mutated, call.failed.
    """
    cases = [_drawn(draw, torch.ones(b, t, dtype=torch.bool), c, None) for b, t, c in _FULL]
    function = Function(handle).settled(*cases[0])
    for case, answer in zip(cases, function.run(cases), strict=True):
        right = _right(*case, None)
        if answer.error is not None:
            raise named_failure(answer, function, case, right)
        _judge(function, case, scalar.number(answer.value, function.name), None)
        answer.untouched(_NAMES)


def leaves_padding_out(handle: Handle, draw: Draw) -> None:
    """`handle(outputs, targets, pad_index)` is the mean over the positions whose target is not `pad_index`.

    Padding stands behind the words, once in front of them and between them, too; outputs there are as large
    as elsewhere. `pad_index` is 0, another class, -1 and -7; it is passed by position, or by name where
    position is refused. Tolerance and findings as `counts_every_position`, with loss.counts_padding and
    loss.divides_by_padding (by all positions, or by the longest row times the rows).
    """
    cases = [(_drawn(draw, valid(torch.tensor(n), t), c, pad), pad) for pad, n, (t, c) in _PADDED]
    # The other cases come first: there a mistake that has nothing to do with the place has its own name.
    cases.append((_drawn(draw, torch.tensor(_SPREAD).bool(), 5, 1), 1))
    first, pad = cases[0]
    settled = Function(handle).settled(*first)
    by_name = refuses_position(settled, [*first, pad])
    padded, inputs = asked(settled, first, {"pad_index": pad}, by_name=by_name)
    settled = replace(settled, double=padded.settled(*inputs).double)
    for case, pad in cases:
        function, inputs = asked(settled, case, {"pad_index": pad}, by_name=by_name)
        (answer,) = function.run([inputs])
        if answer.error is not None:
            raise named_failure(answer, function, inputs, _right(*case, pad))
        _judge(function, case, scalar.number(answer.value, function.name), pad)
        answer.untouched(_NAMES)


def carries_gradients(handle: Handle, draw: Draw) -> None:
    """The gradient reaches every counted position and is exactly that of the mean, without and with padding.

    Tolerance 1e-5, relative. Findings: grad.graph_cut, call.failed. Call it once the values are right.
    """
    full = _drawn(draw, torch.ones(3, 5, dtype=torch.bool), 4, None)
    pad, lengths, (steps, classes) = _PADDED[0]
    padded = _drawn(draw, valid(torch.tensor(lengths), steps), classes, pad)
    settled = Function(handle).settled(*full)
    by_name = refuses_position(settled, [*padded, pad])
    option, given = asked(settled, padded, {"pad_index": pad}, by_name=by_name)
    for function, inputs, index in (
        (settled, list(full), None),
        (option.settled(*given), given, pad),
    ):
        outputs, targets = inputs[0], inputs[1]
        leaf = outputs.clone().requires_grad_()
        (right,) = torch.autograd.grad(scalar.COTANGENT * _right(leaf, targets, index), leaf)
        scalar.gradient(
            function,
            inputs,
            torch.tensor(scalar.COTANGENT),
            right,
            missing="grad.graph_cut",
            wrong="grad.graph_cut",
        )


def wrong_sequence_losses(
    outputs: torch.Tensor, targets: torch.Tensor, pad_index: int | None
) -> list[tuple[str, torch.Tensor]]:
    """(code, value) of known wrong formulas; numbers that are not finite are left out."""
    batch, steps, classes = outputs.shape
    mask = torch.ones_like(targets, dtype=torch.bool) if pad_index is None else targets != pad_index
    safe, wrapped = targets.clamp(0, classes - 1), targets % classes
    ce, count, none = each(outputs, safe), mask.sum(), torch.zeros_like(targets)
    ends = mask & ~F.pad(mask[:, 1:], (0, 1))
    starts = torch.zeros_like(mask)
    starts[:, 0] = True
    zeroed = outputs * mask[:, :, None]
    rows, columns = (ce * mask).sum(1) / mask.sum(1), (ce * mask).sum(0) / mask.sum(0)

    def pairs(scores: torch.Tensor, labels: torch.Tensor, counted: torch.Tensor) -> torch.Tensor:
        """The mean of scores, however they were flattened, against labels in their own order."""
        flat = each(scores.reshape(1, -1, classes), labels.reshape(1, -1))
        return mean(flat, counted.reshape(1, -1))

    mixed = [
        outputs.transpose(0, 1).reshape(outputs.shape),
        outputs.transpose(1, 2).reshape(outputs.shape),
        outputs.reshape(classes, -1).T,
    ]
    turned = outputs.reshape(batch, classes, steps).transpose(1, 2)
    candidates = [
        ("loss.counts_padding", ce.mean()),
        ("loss.counts_padding", each(outputs, wrapped).mean()),
        ("loss.counts_padding", each(zeroed, safe).mean()),
        ("loss.counts_padding", each(outputs, torch.where(mask, safe, none)).mean()),
        ("loss.counts_padding", each(zeroed, torch.where(mask, safe, none)).mean()),
        ("loss.counts_padding", each(zeroed, safe).sum() / count),
        ("loss.counts_padding", mean(ce, valid(mask.sum(1), steps))),
        ("loss.counts_padding", ce.flatten()[:count].mean()),
        ("loss.divides_by_padding", (ce * mask).mean()),
        ("loss.divides_by_padding", (ce * mask).sum() / (batch * mask.sum(1).max())),
        ("loss.sum_not_mean", (ce * mask).sum()),
        ("loss.sum_not_mean", rows.sum()),
        ("loss.sum_not_mean", columns.nan_to_num().sum()),
        ("loss.sum_not_mean", (ce * mask).sum() / batch),
        ("ce.mean_over_classes", (ce * mask).sum() / count / classes),
        ("loss.rows_weigh_equally", rows.mean()),
        ("loss.rows_weigh_equally", columns.mean()),
        ("loss.rows_weigh_equally", columns.nansum() / steps),
        ("loss.not_all_steps", mean(ce, ends)),
        ("loss.not_all_steps", mean(ce, mask & ~ends)),
        ("loss.not_all_steps", mean(ce, mask & starts)),
        ("loss.not_all_steps", mean(ce, mask & ~starts)),
        ("loss.not_all_steps", mean(ce[:1], mask[:1])),
        ("loss.not_all_steps", mean(ce[:, :-1], mask[:, :-1])),
        ("loss.not_all_steps", mean(ce[:, -1:], mask[:, -1:])),
        ("loss.not_all_steps", mean(ce, mask.cumprod(1).bool())),
        ("loss.first_class_ignored", mean(ce, mask & (targets != 0))),
        ("loss.first_class_ignored", (ce * (targets != 0)).sum() / count),
        ("loss.wrong_pairs", _class_axis_second(outputs, safe, mask)),
        *[("loss.flatten_mismatch", pairs(scores, safe, mask)) for scores in mixed],
        ("loss.flatten_mismatch", pairs(outputs, safe.T, mask.T)),
        ("loss.wrong_pairs", mean(each(turned, safe), mask)),
        ("loss.wrong_pairs", mean(each(outputs, safe.roll(1, 0)), mask)),
        ("loss.wrong_pairs", mean(each(outputs, safe.roll(-1, 0)), mask)),
        ("loss.softmax_before_cross_entropy", mean(each(outputs.softmax(-1), safe), mask)),
        ("loss.nll_on_logits", -mean(outputs.gather(2, safe[:, :, None])[:, :, 0], mask)),
        *wrong_cross_entropies(outputs[mask], targets[mask]),
    ]
    return [(code, value) for code, value in candidates if bool(torch.isfinite(value))]


def _class_axis_second(outputs: torch.Tensor, targets: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """What torch computes of (B, T, C) as it is, which it takes only where T = C; NaN elsewhere."""
    if outputs.shape[1] != outputs.shape[2]:
        return outputs.new_tensor(float("nan"))
    return mean(F.cross_entropy(outputs, targets, reduction="none"), mask)


def _judge(function: Function, case: _Batch, got: torch.Tensor, pad_index: int | None) -> None:
    outputs, targets = case
    right = _right(outputs, targets, pad_index)
    counted = targets.numel() if pad_index is None else int((targets != pad_index).sum())
    facts: dict[str, Fact] = {"counted": counted, "positions": targets.numel()}
    if pad_index is not None:
        facts["pad"] = pad_index
    try:
        scalar.equals(
            got,
            right,
            wrong_sequence_losses(outputs, targets, pad_index),
            differs="loss.differs",
            name=function.name,
            facts=facts,
        )
    except Finding as finding:
        if finding.code == "loss.divides_by_padding":
            told = {**finding.facts, "divisor": round(float(right) * counted / float(got))}
            raise Finding(finding.code, facts=told, evidence=finding.evidence, about=function.name) from None
        if finding.code == "loss.differs" and takes_them_swapped(function, case, right):
            code = "loss.arguments_swapped"
            raise Finding(code, facts=finding.facts, about=function.name) from finding
        raise


def _tells_class_0(targets: torch.Tensor, inside: torch.Tensor) -> bool:
    """Whether leaving out class 0 leaves out something, and no set of steps or rows that has a name."""
    without = inside & (targets != 0)
    starts = torch.zeros_like(inside)
    starts[:, 0] = True
    ends = inside & ~F.pad(inside[:, 1:], (0, 1))
    first = torch.zeros_like(inside)
    first[0] = True
    others = [starts, ends, first, torch.zeros_like(inside)]
    named = [mask for other in others for mask in (inside & other, inside & ~other)]
    last = torch.zeros_like(inside)
    last[:, -1] = True
    named += [inside & last, inside & ~last]
    return not any(torch.equal(without, mask) for mask in named)


def _right(outputs: torch.Tensor, targets: torch.Tensor, pad_index: int | None) -> torch.Tensor:
    mask = torch.ones_like(targets, dtype=torch.bool) if pad_index is None else targets != pad_index
    return F.cross_entropy(outputs[mask], targets[mask])


def _drawn(draw: Draw, inside: torch.Tensor, classes: int, pad_index: int | None) -> _Batch:
    """A batch with padding outside `inside` (B, T), on which no wrong formula comes close to the right one
    without being the same."""
    rows, steps = inside.shape
    while True:
        outputs = draw.normal(rows, steps, classes, scale=2.0)
        # Alone in its batch, a row lacks the last class: code that counts classes by the targets fails.
        met = classes - (rows == 1)
        targets = draw.integers(0, met, rows, steps, purpose="targets")
        if pad_index is not None:
            other = targets + draw.integers(1, classes, rows, steps, purpose="no padding")
            targets = torch.where(targets == pad_index, other % classes, targets)
            targets = torch.where(inside, targets, pad_index)
        wrong = wrong_sequence_losses(outputs, targets, pad_index)
        if pad_index != 0 and not _tells_class_0(targets, inside):
            continue
        if scalar.apart(_right(outputs, targets, pad_index), wrong, or_same=True):
            return outputs, targets
