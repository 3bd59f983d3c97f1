"""One to many: each output is the next input, compared with our own roll-out of the same cell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.function import Function
from grader.judge.probes.formula import matches
from grader.judge.probes.measure import FORMULA, rel
from grader.judge.probes.shapes import answered
from grader.judge.student import Handle
from grader.judge.supplied import Supplied
from grader.record import Fact

_B, _H = 3, 6
_VIEW = "axis.view_instead_of_transpose"


def feeds_itself(handle: Handle, draw: Draw) -> None:
    """`one_to_many(cell, x0, steps)` gives (B, steps, H): first x0 goes in, then each time the last output.

    The cell is an `nn.RNNCell(H, H)` with weights of ours and starts from a zero state; H 6, B 3 and 1,
    steps 4 and 1. Random numbers are zeros at first, then drawn under two seeds. Findings:
    eval.own_output_not_fed_back (x0 or zeros at every step), rnn.state_not_carried (a zero state at every
    step), rnn.output_before_update (x0 stands first), rnn.outputs_aliased (each step holds the last one),
    axis.view_instead_of_transpose (the steps of all rows, cut anew); shape.*; else rnn.differs.
    eval.random_initial_state: right with zeros, and not what a second seed gives.
    """
    _check(handle, draw, _B, 4)
    _check(handle, draw, 1, 1)


def _check(handle: Handle, draw: Draw, batch: int, steps: int) -> None:
    x0 = draw.normal(batch, _H)
    cell = Supplied("RNNCell", (_H, _H)).drawn(draw)
    function = Function(handle, (cell,)).settled(x0, steps)
    (answer,) = function.run([[x0, steps]])
    got = answered(answer, None, function, [])
    ours, zero = cell.ours(), torch.zeros_like(x0)
    right = _rolled(ours, x0, steps, lambda h: h)
    wrong = [
        ("eval.own_output_not_fed_back", _rolled(ours, x0, steps, lambda h: x0)),
        ("eval.own_output_not_fed_back", _rolled(ours, x0, steps, lambda h: zero)),
        ("rnn.state_not_carried", _rolled(ours, x0, steps, lambda h: h, carried=False)),
        ("rnn.output_before_update", torch.cat([x0[:, None], right[:, :-1]], 1)),
        ("rnn.output_before_update", torch.cat([zero[:, None], right[:, :-1]], 1)),
        ("rnn.outputs_aliased", right[:, -1:].expand_as(right)),
        (_VIEW, right.transpose(0, 1).reshape(right.shape)),
    ]
    axes = ("@axis.batch", "@axis.step", "@axis.hidden")
    try:
        matches(got, right, wrong, differs="rnn.differs", name=handle.name, axes=axes, double=function.double)
    except Finding as found:
        if found.code != _VIEW:
            raise
        facts: dict[str, Fact] = {**found.facts, "read": "numbers"}
        raise Finding(_VIEW, facts=facts, evidence=found.evidence, about=handle.name) from found
    _without_dice(function, [x0, steps])


def _without_dice(function: Function, inputs: Sequence[Any]) -> None:
    seeded = [function.run([inputs], seeds=[seed], quiet=False)[0] for seed in (1, 2)]
    difference = rel(*(answered(answer, None, function, []) for answer in seeded))
    if difference > FORMULA[function.double]:
        facts: dict[str, Fact] = {"name": function.name, "difference": difference}
        raise Finding("eval.random_initial_state", facts=facts, about=function.name)


def _rolled(
    cell: torch.nn.Module,
    x0: torch.Tensor,
    steps: int,
    fed: Callable[[torch.Tensor], torch.Tensor],
    *,
    carried: bool = True,
) -> torch.Tensor:
    outputs: list[torch.Tensor] = []
    zero = torch.zeros_like(x0)
    x, state = x0, zero
    with torch.no_grad():
        for _ in range(steps):
            out = cell(x, state)
            outputs.append(out)
            x, state = fed(out), out if carried else zero
    return torch.stack(outputs, 1)
