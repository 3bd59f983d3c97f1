"""The same question gets the same answer: no dice at evaluation, no memory of calls, inputs untouched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from grader.evidence import Table
from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.measure import OTHER_SHAPE, SAME_SHAPE, rel
from grader.record import Fact

_DROPOUTS = (
    "torch.nn.functional.dropout",
    "torch.dropout",
    "torch.bernoulli",
    "torch.nn.functional.dropout1d",
    "torch.nn.functional.alpha_dropout",
)


def same_answer(model: Model, inputs: Sequence[Any], draw: Draw, *, output: int | None = None) -> None:
    """In eval mode the answer is a function of weights and input alone.

    Three calls with real randomness under seeds 1, 2, 1; then two calls on one object with quiet dice,
    and a call with another batch after it. Relative tolerance 1e-9 in float64 (floor measured: exactly 0).
    Findings: eval.nondeterministic (seeds do not explain it, or weights are made anew in `forward`),
    eval.random_initial_state (goes away when `randn`, `rand` and the like give zeros),
    eval.dropout_active (a dropout was seen at work), eval.state_carried_over (the second call on one
    object answers otherwise, with another shape, or crashes), input.mutated.
    Limits: a dropout mask made by hand with `rand` is named eval.random_initial_state.
    """
    lab = model.drawn(draw).settled(*inputs)
    tolerance = SAME_SHAPE[lab.double]
    cases = [list(inputs)] * 3
    answers = lab.run(cases, seeds=[1, 2, 1], quiet=False)
    first, second, again = (answer.tensor(output) for answer in answers)
    seeds = _table("@column.seed", [1, 2, 1], [0.0, rel(first, second), rel(first, again)], tolerance)
    facts: dict[str, Fact] = {"name": lab.name, "difference": rel(first, second), "tolerance": tolerance}
    if rel(first, again) > tolerance:
        facts["difference"] = rel(first, again)
        raise Finding("eval.nondeterministic", facts=facts, evidence=[seeds], about=lab.name)
    if rel(first, second) > tolerance:
        raise Finding(_dice(lab, inputs, output, tolerance), facts=facts, evidence=[seeds], about=lab.name)
    _untouched(answers, lab.name)
    _forgets(lab, inputs, output, tolerance)


def _dice(lab: Model, inputs: Sequence[Any], output: int | None, tolerance: float) -> str:
    quiet = [answer.tensor(output) for answer in lab.run([list(inputs)] * 2, seeds=[1, 2])]
    if rel(*quiet) <= tolerance:
        return "eval.random_initial_state"
    _, events = lab.observe(*inputs, roles=[], functions=_DROPOUTS)
    dropped = any(_changed(event.inputs, event.output) for event in events)
    return "eval.dropout_active" if dropped else "eval.nondeterministic"


def _changed(inputs: Sequence[Any], output: Any) -> bool:
    before = inputs[0] if inputs else None
    return not (
        isinstance(before, torch.Tensor) and isinstance(output, torch.Tensor) and torch.equal(before, output)
    )


def _forgets(lab: Model, inputs: Sequence[Any], output: int | None, tolerance: float) -> None:
    fewer = [v[:-1] if isinstance(v, torch.Tensor) and v.dim() and v.shape[0] > 1 else v for v in inputs]
    alone = lab.run([list(inputs), fewer])
    after = lab.run([list(inputs), list(inputs), fewer], fresh=False)
    differences = [0.0, _difference(alone[0], after[1], output), _difference(alone[1], after[2], output)]
    bad = max(differences[1], differences[2] if alone[1].error is None else 0.0)
    if bad > max(tolerance, OTHER_SHAPE[lab.double]):
        table = _table("@column.call", [1, 2, 3], differences, tolerance)
        facts: dict[str, Fact] = {"name": lab.name, "difference": bad, "tolerance": tolerance}
        raise Finding("eval.state_carried_over", facts=facts, evidence=[table], about=lab.name)


def _difference(alone: Answer, after: Answer, output: int | None) -> float:
    if alone.error is not None or after.error is not None:
        return float("inf")
    return rel(alone.tensor(output), after.tensor(output))


def _untouched(answers: Sequence[Answer], name: str) -> None:
    for answer in answers:
        if answer.mutated:
            facts: dict[str, Fact] = {"name": name, "argument": answer.mutated[0] + 1}
            raise Finding("input.mutated", facts=facts, about=name)


def _table(column: str, labels: Sequence[int], differences: Sequence[float], tolerance: float) -> Table:
    rows: list[list[float | int | str]] = [
        [label, "inf" if d == float("inf") else d] for label, d in zip(labels, differences, strict=True)
    ]
    return Table([column, "@column.change"], rows, [n for n, d in enumerate(differences) if d > tolerance])
