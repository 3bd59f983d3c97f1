"""Shapes: what comes back has the promised sizes, at every batch size, and depends on what went in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import torch

from grader.evidence import Evidence, Shapes, Table
from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.measure import Laboratory
from grader.record import Fact
from grader.wire.values import Other

_SAYS = (
    (r"Expected hidden(\[\d\])? size \((\d+), \d+, (\d+)\), got \[\2, \d+, \3\]", "batch.fixed_size"),
    (r"doesn't match hidden\d? batch size", "batch.fixed_size"),
    (r"sorted in decreasing order|enforce_sorted", "packing.needs_sorted_lengths"),
    (r"same dtype|scalar type|must have the type|weight type|to be Long", "dtype.wrong"),
    (r"does not require grad", "grad.graph_cut"),
)
_REDRAWS = 9
PAIR = "(outputs, state)"
"""How a pair is said in facts where something else came."""


def has_shape(
    subject: Laboratory,
    inputs: Sequence[Any],
    shape: Sequence[int],
    axes: Sequence[str],
    draw: Draw,
    *,
    output: int | None = None,
) -> None:
    """The answer to `inputs` has `shape`, holds finite floating numbers, and changes with the input.

    `axes` names the expected axes (`@axis.batch`). `output` picks one part of a tuple; None takes the
    first tensor. Choose sizes that all differ, or swapped axes cannot be told. Fresh weights, eval mode.
    Findings: shape.axes_swapped (same sizes in another order), shape.batch_lost, shape.wrong,
    dtype.wrong, output.nan, output.constant (ten draws of weights and inputs gave one answer each,
    whatever went in), grad.graph_cut (at most two different values in more than eight numbers: an
    argmax or a one-hot came back); for calls that raise see `explained`.
    Limits: a model that answers with the right shape and depends on anything at all passes.
    """
    batched = bool(axes) and axes[0] == "@axis.batch" and list(shape[:1]) == [_rows(inputs)]
    for _ in range(_REDRAWS + 1):
        lab = subject.drawn(draw).settled(*inputs)
        one, other = lab.run([list(inputs), _others(inputs, draw)])
        got = answered(one, output, lab, inputs if batched else [])
        compare(got, shape, axes, lab.name)
        if not torch.equal(got, answered(other, output, lab, [])):
            break
    else:
        raise Finding("output.constant", facts={"name": subject.name}, about=subject.name)
    values = len(set(got.flatten().tolist()))
    if got.numel() > 8 and values <= 2:
        facts: dict[str, Fact] = {"name": lab.name, "values": values, "numbers": got.numel()}
        raise Finding("grad.graph_cut", facts=facts, about=lab.name)


def any_batch_size(
    subject: Laboratory,
    inputs: Sequence[Any],
    draw: Draw,
    *,
    sizes: Sequence[int] = (1, 2, 5),
    output: int | None = None,
    axis: int = 0,
) -> None:
    """The subject takes batches of each of `sizes` and answers with as many rows (on `axis` of the answer).

    Rows of `inputs`, whose tensors all have the batch on axis 0, are repeated or left out to make the
    batches. Findings: shape.batch_lost (the axis is gone for a batch of one), batch.fixed_size (works for
    some sizes only, `inputs` as given among them), else what the call raised (`explained`).
    """
    given = _rows(inputs)
    lab = subject.drawn(draw).settled(*inputs)
    counts = [given, *sizes]
    answers = lab.run([list(inputs), *[_batch(inputs, size) for size in sizes]])
    if all(answer.error is not None for answer in answers):
        raise explained(answers[0], lab, inputs)
    rows: list[list[float | int | str]] = []
    bad = []
    for number, (size, answer) in enumerate(zip(counts, answers, strict=True)):
        got = None if answer.error is not None else answer.tensor(output)
        rows.append([size, shape_text(got) if got is not None else error_text(answer)])
        if got is None or got.dim() <= axis or got.shape[axis] != size:
            bad.append(number)
    if not bad:
        return
    dims = [None if a.error is not None else a.tensor(output).dim() for a in answers]
    lost = any(counts[n] == 1 and dims[n] is not None and dims[n] != dims[0] for n in bad)
    code = "shape.batch_lost" if lost else "batch.fixed_size"
    facts: dict[str, Fact] = {
        "name": lab.name,
        "works": ", ".join(str(c) for n, c in enumerate(counts) if n not in bad),
        "fails": ", ".join(str(counts[n]) for n in bad),
        "size": counts[bad[0]],
        "got": str(rows[bad[0]][1]),
    }
    table = Table(["@column.batch", "@column.shape"], rows, bad)
    raise Finding(code, facts=facts, evidence=[table], about=lab.name)


def compare(got: torch.Tensor, shape: Sequence[int], axes: Sequence[str], name: str) -> None:
    """`got` has `shape`, is floating and finite. Findings as `has_shape`, without the dependence."""
    expected, sizes = list(shape), list(got.shape)
    if sizes != expected:
        if sorted(sizes) == sorted(expected):
            code = "shape.axes_swapped"
        elif sizes == expected[1:] and axes and axes[0] == "@axis.batch":
            code = "shape.batch_lost"
        else:
            code = "shape.wrong"
        differing = [i for i, n in enumerate(expected) if i >= len(sizes) or sizes[i] != n]
        evidence: list[Evidence] = [Shapes(list(axes), expected, sizes[:30], differing)]
        facts: dict[str, Fact] = {"name": name, "expected": shape_text(expected), "got": shape_text(got)}
        raise Finding(code, facts=facts, evidence=evidence, about=name)
    if not got.is_floating_point():
        facts = {"name": name, "got": str(got.dtype).removeprefix("torch."), "expected": "float32"}
        raise Finding("dtype.wrong", facts=facts, about=name)
    finite = torch.isfinite(got)
    if not finite.all():
        facts = {"name": name, "bad": int((~finite).sum()), "numbers": got.numel()}
        raise Finding("output.nan", facts=facts, about=name)


def answered(answer: Answer, output: int | None, lab: Laboratory, inputs: Sequence[Any]) -> torch.Tensor:
    """The tensor of an answer. Raises what the call raised or returned instead; shape.wrong for no pair.

    `inputs` are those of the call where their rows are the batch, else empty.
    """
    if answer.error is not None:
        raise explained(answer, lab, inputs)
    value = answer.value
    if output is not None and not (isinstance(value, (tuple, list)) and output < len(value)):
        got = shape_text(value) if isinstance(value, torch.Tensor) else type_text(value)
        facts: dict[str, Fact] = {"name": lab.name, "expected": PAIR, "got": got}
        raise Finding("shape.wrong", facts=facts, about=lab.name)
    return answer.tensor(output)


def explained(answer: Answer, lab: Laboratory, inputs: Sequence[Any]) -> Finding:
    """What a raised exception means, as far as its text or another batch size tells; else call.failed."""
    try:
        answer.get()
    except Finding as failed:
        message = str(failed.facts.get("message", ""))
        for pattern, code in _SAYS:
            if re.search(pattern, message):
                facts: dict[str, Fact] = {**failed.facts, "detail": message}
                return Finding(code, facts=facts, about=lab.name, where=failed.where)
        if inputs and (size := _other_size(lab, inputs)):
            fixed = {**failed.facts, "works": str(size), "fails": str(_rows(inputs)), "size": _rows(inputs)}
            return Finding("batch.fixed_size", facts=fixed, about=lab.name, where=failed.where)
        return failed
    raise AssertionError("the answer raised nothing")


def shape_text(value: torch.Tensor | Sequence[int | str]) -> str:
    """Sizes as Python says them, such as `(3, 5, 2)`."""
    sizes = tuple(value.shape) if isinstance(value, torch.Tensor) else tuple(value)
    inside = ", ".join(str(size) for size in sizes)
    return f"({inside},)" if len(sizes) == 1 else f"({inside})"


def error_text(answer: Answer) -> str:
    """The type of what a call raised, for a cell of a table."""
    return answer.error.type if answer.error is not None else ""


def type_text(value: Any) -> str:
    """What came instead of what was promised: the student's type where it could not cross."""
    return value.type if isinstance(value, Other) else type(value).__name__


def _other_size(lab: Laboratory, inputs: Sequence[Any]) -> int:
    """A batch size that works where the given one did not, and that is no other axis's size; 0 for none."""
    taken = {n for v in inputs if isinstance(v, torch.Tensor) for n in v.shape}
    sizes = [n for n in (*range(1, 13), 16, 32) if n not in taken]
    answers = lab.run([_batch(inputs, size) for size in sizes])
    return next((s for s, a in zip(sizes, answers, strict=True) if a.error is None), 0)


def _rows(inputs: Sequence[Any]) -> int:
    return next((v.shape[0] for v in inputs if isinstance(v, torch.Tensor) and v.dim()), 0)


def _batch(inputs: Sequence[Any], size: int) -> list[Any]:
    count = _rows(inputs)
    rows = torch.arange(size) % max(count, 1)
    return [v[rows] if isinstance(v, torch.Tensor) and v.dim() and v.shape[0] == count else v for v in inputs]


def _others(inputs: Sequence[Any], draw: Draw) -> list[Any]:
    """Other real numbers; where there are none, the whole numbers of each tensor in another order."""
    numbers = [value for value in inputs if isinstance(value, torch.Tensor)]
    real = any(value.is_floating_point() for value in numbers)
    return [_another(value, draw, real) if isinstance(value, torch.Tensor) else value for value in inputs]


def _another(value: torch.Tensor, draw: Draw, real: bool) -> torch.Tensor:
    if value.is_floating_point():
        return draw.normal(*value.shape, purpose="other inputs").to(value.dtype)
    if real:
        return value
    order = draw("other inputs").permutation(value.numel())
    return value.flatten()[torch.from_numpy(order)].reshape(value.shape)
