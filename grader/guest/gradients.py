"""Gradients of parameters and arguments, and Jacobian-vector products."""

from __future__ import annotations

from typing import Any

import torch

from grader.guest import lab as laboratory
from grader.guest.targets import Targets
from grader.wire.replies import Differentiated
from grader.wire.requests import Differentiate
from grader.wire.tensors import Reader, Writer


def differentiate(request: Differentiate, targets: Targets, reader: Reader, writer: Writer) -> Differentiated:
    """One call, then gradients of sum(output * cotangent). Raises as torch does where no graph is left."""
    weights = {name: reader.tensor(value) for name, value in request.weights.items()}
    with laboratory.laboratory(request.lab), torch.enable_grad():
        target = targets.make(request.target, request.lab, request.case.seed, weights)
        args = [targets.argument(a) for a in request.case.args]
        kwargs = {k: targets.argument(v) for k, v in request.case.kwargs.items()}
        inputs = [a for a in args if isinstance(a, torch.Tensor)]
        floating = [a.requires_grad_() for a in inputs if a.is_floating_point()]
        laboratory.seed(request.case.seed)
        result = target(*args, **kwargs)
        outputs = [t for t in tensors(result) if t.is_floating_point()]
        named = dict(target.named_parameters()) if isinstance(target, torch.nn.Module) else {}
        wanted = [p for p in named.values() if p.requires_grad] + floating
        total = torch.zeros((), dtype=outputs[0].dtype if outputs else None)
        for output, cotangent in zip(outputs, request.cotangents, strict=False):
            total = total + (output * reader.tensor(cotangent).to(output.dtype)).sum()
        found = torch.autograd.grad(total, wanted, allow_unused=True, create_graph=bool(request.tangents))
        grads = dict(zip([id(w) for w in wanted], found, strict=True))
        product = _product(outputs, floating, [reader.tensor(t) for t in request.tangents])
    value = writer.value(result)

    def written(tensor: Any) -> Any:
        grad = grads.get(id(tensor))
        return None if grad is None else writer.tensor(grad)

    return Differentiated(
        value,
        {name: written(p) for name, p in named.items()},
        [written(a) for a in inputs],
        None if product is None else writer.tensor(product),
        laboratory.state(),
    )


def _product(
    outputs: list[torch.Tensor], inputs: list[torch.Tensor], tangents: list[torch.Tensor]
) -> torch.Tensor | None:
    """J v of the first output, by differentiating the vector-Jacobian product in its cotangent."""
    if not tangents or not outputs:
        return None
    dummy = torch.zeros_like(outputs[0], requires_grad=True)
    rows = torch.autograd.grad(outputs[0], inputs, dummy, create_graph=True, allow_unused=True)
    total = sum(
        ((row * v.to(row.dtype)).sum() for row, v in zip(rows, tangents, strict=False) if row is not None),
        torch.zeros((), dtype=dummy.dtype),
    )
    (product,) = torch.autograd.grad(total, [dummy], allow_unused=True)
    return torch.zeros_like(dummy) if product is None else product


def tensors(value: Any) -> list[torch.Tensor]:
    """The tensors inside lists, tuples and packed sequences, in order."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, torch.nn.utils.rnn.PackedSequence):
        return [value.data]
    if isinstance(value, (list, tuple)):
        return [t for item in value for t in tensors(item)]
    return []
