"""A recurrent network written by hand: its formula, the state it hands back, its gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from grader.judge.draws import Draw
from grader.judge.function import Function
from grader.judge.probes.formula import by_hand, matches, same_gradients
from grader.judge.probes.shapes import answered, has_shape
from grader.judge.student import Handle

Step = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

NAMES = ("x", "h", "W_ih", "W_hh", "b_ih", "b_hh")
WHOLE_JOB = tuple(
    f"{place}.{name}"
    for place in ("torch._VF", "torch", "torch.ops.aten")
    for name in ("rnn_tanh", "rnn_relu", "gru", "lstm")
)
"""What nn.RNN and its kin call; `torch.rnn_tanh` is the same by another name."""

_T, _B, _I, _H = 5, 3, 4, 6
_STEP_AXES = ("@axis.step", "@axis.batch", "@axis.hidden")


def has_shapes(handle: Handle, draw: Draw) -> None:
    """`rnn(x, h, W_ih, W_hh, b_ih, b_hh)` gives (outputs (T, B, H), h_T (B, H)), which depend on the input.

    x (T, B, I), h (B, H), T 5, B 3, I 4, H 6. Findings: those of `shapes.has_shape`; shape.wrong where
    no pair comes back.
    """
    function = Function(handle)
    inputs = _inputs(draw)
    has_shape(function, inputs, (_T, _B, _H), _STEP_AXES, draw, output=0)
    has_shape(function, inputs, (_B, _H), ("@axis.batch", "@axis.hidden"), draw, output=1)


def follows_formula(handle: Handle, draw: Draw) -> None:
    """`outputs[t] = h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)` for every step and row.

    Sizes as `has_shapes`, all inputs 0.7 normal, tolerance 1e-9 (float32: 1e-5; floor measured 1e-15).
    Findings: rnn.no_tanh, rnn.sigmoid_for_tanh, rnn.relu_for_tanh, rnn.bias_missing,
    rnn.state_not_carried, rnn.recurrent_term_missing, rnn.tanh_on_part, rnn.whh_not_transposed,
    rnn.h0_ignored, rnn.output_before_update, rnn.outputs_aliased, else rnn.differs; input.mutated.
    """
    inputs = _inputs(draw)
    function = Function(handle).settled(*inputs)
    (answer,) = function.run([inputs])
    got = answered(answer, 0, function, [])
    right = unrolled(*inputs)
    matches(
        got,
        right,
        _mutants(*inputs),
        differs="rnn.differs",
        name=handle.name,
        axes=_STEP_AXES,
        double=function.double,
    )
    answer.untouched(NAMES)


def returns_last_state(handle: Handle, draw: Draw) -> None:
    """The second thing returned is the state after the last step, `outputs[-1]`; also where T is 1.

    Finding: rnn.last_state_wrong. Call it once the outputs are right.
    """
    for steps in (_T, 1):
        inputs = _inputs(draw, steps)
        function = Function(handle).settled(*inputs)
        (answer,) = function.run([inputs])
        got = answered(answer, 1, function, [])
        matches(
            got,
            unrolled(*inputs)[-1],
            [],
            differs="rnn.last_state_wrong",
            name=handle.name,
            axes=("@axis.batch", "@axis.hidden"),
            double=function.double,
        )


def carries_gradients(handle: Handle, draw: Draw) -> None:
    """Gradients flow from outputs and last state back to x, h and all four weights, through every step.

    Compared with those of the formula (1e-9; float32 1e-5). Findings: grad.truncated_in_time (they fit a
    state that is detached at each step), grad.graph_cut, call.failed. Call it once the values are right.
    """
    inputs = _inputs(draw)
    function = Function(handle).settled(*inputs)
    cotangents = [draw.normal(_T, _B, _H, purpose="cotangents"), draw.normal(_B, _H, purpose="cotangents")]

    def gradients(detached: bool) -> list[torch.Tensor]:
        leaves = [value.clone().requires_grad_() for value in inputs]
        outputs = unrolled(*leaves, detached=detached)
        total = (outputs * cotangents[0]).sum() + (outputs[-1] * cotangents[1]).sum()
        return list(torch.autograd.grad(total, leaves, materialize_grads=True))

    wrong = [("grad.truncated_in_time", gradients(True))]
    same_gradients(function, inputs, NAMES, cotangents, gradients(False), wrong)


def written_by_hand(handle: Handle, draw: Draw) -> None:
    """The steps are walked by hand: `nn.RNN` and its kin do not run inside (a cell for one step may).

    Finding: answer.not_by_hand. Call it once the values are right.
    """
    inputs = _inputs(draw)
    by_hand(Function(handle).settled(*inputs), inputs, WHOLE_JOB)


def unrolled(
    x: torch.Tensor,
    h: torch.Tensor,
    W_ih: torch.Tensor,
    W_hh: torch.Tensor,
    b_ih: torch.Tensor,
    b_hh: torch.Tensor,
    *,
    detached: bool = False,
) -> torch.Tensor:
    """Ours: the outputs (T, B, H) of the formula; `detached` cuts the graph before each step."""

    def step(x_t: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        return torch.tanh(x_t @ W_ih.T + b_ih + (h.detach() if detached else h) @ W_hh.T + b_hh)

    return _scan(x, h, step)


def _scan(x: torch.Tensor, h: torch.Tensor, step: Step) -> torch.Tensor:
    outputs = []
    for x_t in x:
        h = step(x_t, h)
        outputs.append(h)
    return torch.stack(outputs)


def _inputs(draw: Draw, steps: int = _T) -> list[torch.Tensor]:
    shapes = ((steps, _B, _I), (_B, _H), (_H, _I), (_H, _H), (_H,), (_H,))
    return [draw.normal(*shape, scale=0.7, purpose=name) for name, shape in zip(NAMES, shapes, strict=True)]


def _mutants(*inputs: torch.Tensor) -> Sequence[tuple[str, torch.Tensor]]:
    x, h0, W, U, b, c = inputs
    tanh = torch.tanh

    def scan(step: Step, first: torch.Tensor = h0) -> torch.Tensor:
        return _scan(x, first, step)

    right = unrolled(*inputs)
    part = "rnn.tanh_on_part"
    return [
        ("rnn.no_tanh", scan(lambda x, h: x @ W.T + b + h @ U.T + c)),
        ("rnn.sigmoid_for_tanh", scan(lambda x, h: torch.sigmoid(x @ W.T + b + h @ U.T + c))),
        ("rnn.relu_for_tanh", scan(lambda x, h: torch.relu(x @ W.T + b + h @ U.T + c))),
        ("rnn.bias_missing", scan(lambda x, h: tanh(x @ W.T + h @ U.T + c))),
        ("rnn.bias_missing", scan(lambda x, h: tanh(x @ W.T + b + h @ U.T))),
        ("rnn.bias_missing", scan(lambda x, h: tanh(x @ W.T + h @ U.T))),
        ("rnn.state_not_carried", scan(lambda x, h: tanh(x @ W.T + b + h0 @ U.T + c))),
        ("rnn.recurrent_term_missing", scan(lambda x, h: tanh(x @ W.T + b + c))),
        ("rnn.recurrent_term_missing", scan(lambda x, h: tanh(x @ W.T + b))),
        (part, scan(lambda x, h: tanh(x @ W.T + b) + h @ U.T + c)),
        (part, scan(lambda x, h: x @ W.T + b + tanh(h @ U.T + c))),
        (part, scan(lambda x, h: tanh(x @ W.T + b) + tanh(h @ U.T + c))),
        (part, scan(lambda x, h: tanh(x @ W.T + b + h @ U.T) + c)),
        (part, scan(lambda x, h: tanh(x @ W.T + h @ U.T) + b + c)),
        (part, scan(lambda x, h: tanh(x @ W.T) + b + h @ U.T + c)),
        (part, scan(lambda x, h: x @ W.T + b + tanh(h @ U.T) + c)),
        ("rnn.whh_not_transposed", scan(lambda x, h: tanh(x @ W.T + b + h @ U + c))),
        ("rnn.h0_ignored", scan(lambda x, h: tanh(x @ W.T + b + h @ U.T + c), torch.zeros_like(h0))),
        ("rnn.output_before_update", torch.cat([h0[None], right[:-1]])),
        ("rnn.outputs_aliased", right[-1:].expand_as(right)),
        ("causal.reversed", unrolled(x.flip(0), h0, W, U, b, c).flip(0)),
    ]
