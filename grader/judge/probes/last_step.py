"""Many to one: the last step's output is taken, and the state handed back is that of the last step."""

from __future__ import annotations

from dataclasses import replace

import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.function import Function
from grader.judge.model import Model
from grader.judge.probes import order
from grader.judge.probes.formula import matches
from grader.judge.probes.shapes import answered, any_batch_size, compare, shape_text
from grader.judge.student import Handle
from grader.judge.supplied import Supplied
from grader.record import Fact

_B, _T = 3, 5


def takes_last_step(handle: Handle, module: Supplied | Model, draw: Draw) -> None:
    """`many_to_one(module, x)` is the module's output at the last step: (B, H) for x (B, T, I).

    `module` maps (B, T, I) to (outputs (B, T, H), status (1, B, H)); it gets fresh weights. Findings:
    shape.*, those of `order.many_to_one`, rnn.last_state_wrong where every step counts but the values are
    others (a mean over the steps). Limits: a status that equals the last output may be taken instead.
    """
    function = Function(handle, (module,))
    size = int((module.sizes if isinstance(module, Supplied) else module.args)[0])
    x = draw.normal(_B, _T, size)
    lab = function.drawn(draw).settled(x)
    (answer,) = lab.run([[x]])
    outputs = _expected(lab.before[0], x, lab.double)
    right = outputs[:, -1]
    got = answered(answer, None, lab, [x])
    compare(got, right.shape, ("@axis.batch", "@axis.hidden"), handle.name)
    order.many_to_one(function, x, draw)
    any_batch_size(function, [x], draw, sizes=(1, 2))
    wrong = [("output.first_step_only", outputs[:, 0])]
    matches(got, right, wrong, differs="rnn.last_state_wrong", name=handle.name, double=lab.double)


def status_is_last_output(model: Model, x: torch.Tensor, hidden: int, draw: Draw) -> None:
    """The status (1, B, H) of a module of one layer is its output (B, T, H) at each row's last step.

    Tolerance 1e-9 (float32 1e-5). Findings: shape.*, reply.malformed where no pair comes back,
    rnn.last_state_wrong.
    """
    lab = model.drawn(draw).settled(x)
    (answer,) = lab.run([[x]])
    outputs, status = (answered(answer, part, lab, []) for part in (0, 1))
    axes = ("@axis.layer", "@axis.batch", "@axis.hidden")
    compare(status, (1, x.shape[0], hidden), axes, lab.name)
    compare(outputs, (*x.shape[:2], hidden), ("@axis.batch", "@axis.step", "@axis.hidden"), lab.name)
    right = outputs[None, :, -1]
    matches(status, right, [], differs="rnn.last_state_wrong", name=lab.name, axes=axes, double=lab.double)


def _expected(module: Supplied | Model, x: torch.Tensor, double: bool) -> torch.Tensor:
    if isinstance(module, Supplied):
        with torch.no_grad():
            computed: torch.Tensor = module.ours()(x)[0]
        return computed
    (answer,) = replace(module, double=double).run([[x]])
    outputs = answer.tensor(0)
    if outputs.dim() != 3 or outputs.shape[:2] != x.shape[:2]:
        facts: dict[str, Fact] = {
            "name": module.name,
            "expected": shape_text([*x.shape[:2], "·"]),
            "got": shape_text(outputs),
        }
        raise Finding("shape.wrong", facts=facts, about=module.name)
    return outputs.double()
