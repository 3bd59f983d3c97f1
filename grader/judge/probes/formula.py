"""Formulas: what came is compared with the right result and with each known wrong one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from grader.evidence import Number, Pair
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.function import Function
from grader.judge.probes.measure import FORMULA, rel
from grader.judge.probes.shapes import compare
from grader.judge.student import Handle
from grader.record import Fact

_SHOWN = 8
_APART = {True: 1e-7, False: 1e-3}


def matches(
    got: torch.Tensor,
    right: torch.Tensor,
    wrong: Sequence[tuple[str, torch.Tensor]],
    *,
    differs: str,
    name: str,
    axes: Sequence[str] = (),
    double: bool = True,
) -> None:
    """`got` equals `right`: relative difference at most 1e-9 in float64, 1e-5 in float32.

    The precision is float64 where `double` is set and `got` came so. `wrong` holds (code, result) of
    each known mistake; the first that fits within the same tolerance, and really differs from `right` on
    these inputs (by more than 1e-7; 1e-3 in float32), names it. Else `differs`.
    Findings: one of the codes given; shape.*, dtype.wrong and output.nan as `has_shape`.
    """
    exact = double and got.dtype is torch.float64
    tolerance = FORMULA[exact]
    if got.shape == right.shape and rel(got, right) <= tolerance:
        return
    code = differs
    for candidate, value in wrong:
        if got.shape != value.shape or rel(got, value) > tolerance:
            continue
        if value.shape != right.shape or rel(value, right) > _APART[exact]:
            code = candidate
            break
    else:
        compare(got, right.shape, axes, name)
    facts: dict[str, Fact] = {"name": name, "tolerance": tolerance}
    if got.shape != right.shape:
        raise Finding(code, facts=facts, about=name)
    evidence = pair(right, got)
    facts["difference"] = evidence.difference
    raise Finding(code, facts=facts, evidence=[evidence], about=name)


def same_gradients(
    function: Function,
    inputs: Sequence[Any],
    names: Sequence[str],
    cotangents: Sequence[torch.Tensor],
    right: Sequence[torch.Tensor],
    wrong: Sequence[tuple[str, Sequence[torch.Tensor]]],
) -> None:
    """The gradients of the function reach every input: each equals `right` to 1e-5.

    The tolerance is that of float32 throughout: a cast inside rounds gradients, and a cut graph changes
    them by far more. `names` are those of the tensors among the inputs. Call it once the values are right.
    Findings: a code of `wrong` where all gradients fit that candidate; else grad.graph_cut (an input
    without gradient, a graph that ends, or gradients of other size); call.failed where backward raises.
    """
    try:
        found = function.gradients(*inputs, cotangents=cotangents).inputs
    except Finding as finding:
        if "does not require grad" in str(finding.facts.get("message", "")):
            raise Finding("grad.graph_cut", facts=finding.facts, about=function.name) from finding
        raise
    if len(found) != len(right):
        detail = "gradients of another number of inputs"
        raise Finding("reply.malformed", facts={"name": function.name, "detail": detail})
    tolerance = FORMULA[False]
    missing = [
        n for n, g, r in zip(names, found, right, strict=True) if r.any() and (g is None or not g.any())
    ]
    got = [torch.zeros_like(r) if g is None else g for g, r in zip(found, right, strict=True)]
    worst = [rel(g, r) for g, r in zip(got, right, strict=True)]
    if max(worst) <= tolerance:
        return
    code = "grad.graph_cut"
    for candidate, values in wrong:
        if all(rel(g, v) <= tolerance for g, v in zip(got, values, strict=True)):
            code = candidate
            break
    which = worst.index(max(worst))
    facts: dict[str, Fact] = {
        "name": function.name,
        "missing": ", ".join(missing),
        "argument": names[which],
        "difference": max(worst),
        "tolerance": tolerance,
    }
    if not missing:
        del facts["missing"]
    same = got[which].shape == right[which].shape
    evidence = [pair(right[which], got[which])] if same else []
    raise Finding(code, facts=facts, evidence=evidence, about=function.name)


def gradients_match(
    handle: Handle,
    inputs: Sequence[Any],
    right: Callable[..., torch.Tensor | Sequence[torch.Tensor]],
    names: Sequence[str],
    draw: Draw,
) -> None:
    """Every tensor among `inputs` gets from the function the gradient that it gets from `right`, ours.

    `right(*inputs)` is a tensor or several; the function returns as many, in this order. Cotangents are
    drawn. `names` are those of the tensors. Tolerance and findings as `same_gradients`.
    """
    leaves = [v.clone().requires_grad_() if _floats(v) else v for v in inputs]
    result = right(*leaves)
    outputs = [result] if isinstance(result, torch.Tensor) else list(result)
    cotangents = [draw.normal(*output.shape, purpose="cotangents") for output in outputs]
    total = torch.stack([(o.double() * c).sum() for o, c in zip(outputs, cotangents, strict=True)]).sum()
    asking = [leaf for leaf in leaves if _floats(leaf)]
    found = dict(zip(map(id, asking), torch.autograd.grad(total, asking, allow_unused=True), strict=True))
    tensors = [leaf for leaf in leaves if isinstance(leaf, torch.Tensor)]
    wanted = [torch.zeros(t.shape) if (g := found.get(id(t))) is None else g for t in tensors]
    same_gradients(Function(handle).settled(*inputs), inputs, names, cotangents, wanted, [])


def _floats(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def by_hand(function: Function, inputs: Sequence[Any], forbidden: Sequence[str]) -> None:
    """During one call none of the functions of torch named in `forbidden` runs.

    `forbidden` are paths such as `torch._VF.rnn_tanh`, which is what `nn.RNN` calls: spelling does not
    matter. Call it once the values are known to be right, for an answer that computes nothing passes.
    Finding: answer.not_by_hand. Limits: a recording can be undone by code that wants to. One overload of an
    operator (`torch.ops.aten.softmax.int`) is another function, and what torch calls inside itself is not
    seen: the gradient of `logsumexp` is a softmax that nobody named.
    """
    answer, events = function.observe(*inputs, functions=forbidden)
    answer.get()
    if events:
        facts: dict[str, Fact] = {"name": function.name, "function": events[0].type, "calls": len(events)}
        raise Finding("answer.not_by_hand", facts=facts, about=function.name)


def pair(right: torch.Tensor, got: torch.Tensor) -> Pair:
    """The first eight numbers of both, and where the largest relative difference lies in the whole."""
    a, b = right.detach().double().flatten(), got.detach().double().flatten()
    apart = torch.nan_to_num((a - b).abs(), nan=float("inf"))
    index = int(apart.argmax()) if apart.numel() else 0
    shown = apart[:_SHOWN]
    place = [int(i) for i in torch.unravel_index(torch.tensor(index), right.shape)] if right.dim() else []
    return Pair(
        [_number(v) for v in a[:_SHOWN].tolist()],
        [_number(v) for v in b[:_SHOWN].tolist()],
        int(shown.argmax()) if shown.numel() else 0,
        _number(rel(right, got)),
        place,
    )


def _number(value: float) -> Number:
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    return float(f"{value:.4g}")
