"""An LSTM cell written by hand: its formula, what it returns, its gradients."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import torch

from grader.judge.draws import Draw
from grader.judge.function import Function
from grader.judge.probes.formula import by_hand, matches, same_gradients
from grader.judge.probes.shapes import answered
from grader.judge.student import Handle

NAMES = ("x", "h", "c", "W_ih", "W_hh", "b_ih", "b_hh")
WHOLE_JOB = ("torch.lstm_cell", "torch.lstm")
"""What nn.LSTMCell and nn.LSTM call."""

_INPUT, _HIDDEN = 4, 5
_AXES = ("@axis.batch", "@axis.hidden")


def follows_formula(handle: Handle, draw: Draw) -> None:
    """`handle(x (B, I), h (B, H), c (B, H), W_ih (4H, I), W_hh (4H, H), b_ih, b_hh)` gives (h', c').

    c' = f c + i g and h' = o tanh(c'), the four blocks in the order i, f, g, o of `nn.LSTMCell`. B 3 and
    1, I 4, H 5, all inputs 0.7 normal. Tolerance 1e-5, relative, also in float64. Findings:
    lstm.states_swapped, lstm.forget_and_input_swapped, lstm.gate_order, lstm.gate_missing,
    lstm.cell_not_carried, lstm.cell_tanh_missing, lstm.output_gate_on_old_cell, lstm.candidate_not_tanh,
    lstm.bias_missing, lstm.state_ignored, else lstm.differs; shape.*, dtype.wrong, input.mutated.
    """
    function = Function(handle).settled(*_inputs(draw, 3))
    for rows in (3, 1):
        inputs = _inputs(draw, rows)
        (answer,) = function.run([inputs])
        parts = [answered(answer, part, function, []) for part in (0, 1)]
        right, wrong = cell(*inputs), _mutants(*inputs)
        if any(part.shape != right[0].shape for part in parts):
            bad = next(part for part in parts if part.shape != right[0].shape)
            matches(bad, right[0], [], differs="lstm.differs", name=handle.name, axes=_AXES)
        matches(
            torch.stack(parts),
            torch.stack(right),
            [(code, torch.stack(pair)) for code, pair in wrong],
            differs="lstm.differs",
            name=handle.name,
            axes=("@axis.state", *_AXES),
            double=False,
        )
        answer.untouched(NAMES)


def carries_gradients(handle: Handle, draw: Draw) -> None:
    """Gradients flow from h' and c' back to all seven inputs, with the values of the formula.

    Tolerance 1e-5, relative. Findings: grad.graph_cut, call.failed. Call it once the values are right.
    """
    inputs = _inputs(draw, 3)
    cotangents = [draw.normal(3, _HIDDEN, purpose="cotangents") for _ in range(2)]
    leaves = [value.clone().requires_grad_() for value in inputs]
    right = torch.autograd.grad(cell(*leaves), leaves, cotangents)
    function = Function(handle).settled(*inputs)
    same_gradients(function, inputs, NAMES, cotangents, right, [])


def written_by_hand(handle: Handle, draw: Draw) -> None:
    """`nn.LSTMCell` and `nn.LSTM` do not run inside. Finding: answer.not_by_hand.

    Call it once the values are right.
    """
    inputs = _inputs(draw, 3)
    by_hand(Function(handle).settled(*inputs), inputs, WHOLE_JOB)


def cell(
    x: torch.Tensor,
    h: torch.Tensor,
    c: torch.Tensor,
    W_ih: torch.Tensor,
    W_hh: torch.Tensor,
    b_ih: torch.Tensor,
    b_hh: torch.Tensor,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Ours: (h', c')."""
    return _step(c, x @ W_ih.T + b_ih + h @ W_hh.T + b_hh, (0, 1, 2, 3))


def _step(c: torch.Tensor, sums: torch.Tensor, order: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """One step where block `order[k]` of the sums stands in the place of i, f, g, o."""
    blocks = sums.chunk(4, 1)
    i, f, g, o = (blocks[n] for n in order)
    new = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * new.tanh(), new


def _inputs(draw: Draw, rows: int) -> list[torch.Tensor]:
    tall = 4 * _HIDDEN
    shapes = (
        (rows, _INPUT),
        (rows, _HIDDEN),
        (rows, _HIDDEN),
        (tall, _INPUT),
        (tall, _HIDDEN),
        (tall,),
        (tall,),
    )
    return [draw.normal(*shape, scale=0.7, purpose=name) for name, shape in zip(NAMES, shapes, strict=True)]


def _mutants(*inputs: torch.Tensor) -> list[tuple[str, tuple[torch.Tensor, torch.Tensor]]]:
    x, h, c, W, U, b, d = inputs
    sums = x @ W.T + b + h @ U.T + d
    a_i, a_f, a_g, a_o = sums.chunk(4, 1)
    i, f, g, o = a_i.sigmoid(), a_f.sigmoid(), a_g.tanh(), a_o.sigmoid()
    right = _step(c, sums, (0, 1, 2, 3))
    new = right[1]
    orders = [p for p in permutations(range(4)) if p not in ((0, 1, 2, 3), (1, 0, 2, 3))]

    def out(cell: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return o * cell.tanh(), cell

    return [
        ("lstm.states_swapped", (right[1], right[0])),
        ("lstm.forget_and_input_swapped", _step(c, sums, (1, 0, 2, 3))),
        *[("lstm.gate_order", _step(c, sums, order)) for order in orders],
        ("lstm.gate_missing", out(c + i * g)),
        ("lstm.gate_missing", out(f * c + g)),
        ("lstm.gate_missing", out(c + g)),
        ("lstm.gate_missing", (new.tanh(), new)),
        ("lstm.gate_missing", out(f * c + i)),
        ("lstm.cell_not_carried", out(i * g)),
        ("lstm.cell_tanh_missing", (o * new, new)),
        ("lstm.output_gate_on_old_cell", (o * c.tanh(), new)),
        ("lstm.candidate_not_tanh", out(f * c + i * a_g.sigmoid())),
        ("lstm.candidate_not_tanh", out(f * c + i * a_g)),
        ("lstm.candidate_not_tanh", out(f * c + i * a_g.relu())),
        ("lstm.bias_missing", _step(c, sums - b, (0, 1, 2, 3))),
        ("lstm.bias_missing", _step(c, sums - d, (0, 1, 2, 3))),
        ("lstm.bias_missing", _step(c, sums - b - d, (0, 1, 2, 3))),
        ("lstm.state_ignored", _step(c, sums - h @ U.T, (0, 1, 2, 3))),
        ("lstm.state_ignored", _step(c, sums - h @ U.T - d, (0, 1, 2, 3))),
    ]
