"""Requests of a conversation asked again with other arguments: the wide search for an input that tells.

Other numbers at several scales and signs, zeros and ties, other sizes, whole numbers within their range,
other texts of the same letters, other weights, modes and seeds, and noise where the checks had kept it off.
Whether such a request makes sense is not known here: where the original refuses it, its reply proves nothing
(`alike.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from msgspec.structs import replace

from grader.mutation.drawing import Drawing, Plan
from grader.wire import requests
from grader.wire.frames import MAX_PAYLOAD
from grader.wire.requests import Case, Request
from grader.wire.tensors import Reader, Writer
from grader.wire.values import Items, Scalar, Tensor, Value

_SIZED = (requests.Call, requests.Observe)
"""Requests whose other parts do not depend on the sizes of their arguments."""
_DEAR = (requests.Train, requests.Fit, requests.Rehearse)
_SCALES = (0.0, 1e-3, 0.1, 1.0, 3.0, 30.0)
_MODES: tuple[Literal["eval", "train"], ...] = ("eval", "train")


def redrawable(request: Request) -> bool:
    """Whether it has arguments at all that can be others."""
    return isinstance(request, (*_SIZED, *_DEAR, requests.Differentiate, requests.Use))


def dear(request: Request) -> bool:
    """Whether it trains: a few of them take as long as hundreds of others."""
    return isinstance(request, _DEAR)


def ranges(asked: Iterable[Request]) -> dict[int, tuple[int, int]]:
    """For each place among the arguments of any call the least and the greatest whole number there."""
    found: dict[int, list[int]] = {}
    for request in asked:
        for case in _cases(request):
            for place, value in enumerate(case.args):
                if isinstance(value, Scalar) and type(value.value) is int:
                    found.setdefault(place, []).append(value.value)
    return {place: (min(numbers), max(numbers)) for place, numbers in found.items()}


def redrawn(
    request: Request, payload: bytes, generator: np.random.Generator, known: dict[int, tuple[int, int]]
) -> tuple[Request, bytes]:
    """The same question about other arguments, with its payload."""
    plan = _plan(request, generator)
    drawing = Drawing(Reader(payload), Writer(MAX_PAYLOAD), generator, plan, known)
    again = _again(request, drawing)
    if isinstance(again, (*_SIZED, requests.Differentiate)):
        mode, quiet = plan.mode or again.lab.mode, again.lab.quiet and not plan.noise
        again = replace(again, lab=replace(again.lab, mode=mode, quiet=quiet))
    return again, bytes(drawing.writer.payload)


def differentiated(
    request: Request, payload: bytes, floats: Sequence[Tensor], generator: np.random.Generator
) -> tuple[requests.Differentiate, bytes] | None:
    """The gradients of a call that was asked for its values alone; None of what has none."""
    if not isinstance(request, requests.Call) or request.method is not None or not floats:
        return None
    writer = Writer(MAX_PAYLOAD)
    writer.payload += payload  # so that what the request says of it stays true
    cotangents = [
        writer.tensor(torch.from_numpy(np.asarray(generator.standard_normal(tuple(one.shape)))))
        for one in floats
    ]
    lab = replace(request.lab, grad=True)
    again = requests.Differentiate(request.target, request.cases[0], cotangents, lab, request.weights)
    return again, bytes(writer.payload)


def _plan(request: Request, generator: np.random.Generator) -> Plan:
    """One to three ways at once; so each way is met alone as well."""
    # At 0 and at ties a gradient is anyone's choice: what is equal elsewhere may differ there.
    smooth = isinstance(request, requests.Differentiate)
    scales = _SCALES[1:] if smooth else _SCALES
    ways = ["numbers", "integers", "texts", "weights", "seeds"]
    ways += [] if smooth else ["ties"]
    ways += ["mode", "noise"] if isinstance(request, (*_SIZED, requests.Differentiate)) else []
    ways += ["sizes"] if isinstance(request, _SIZED) else []
    count = int(generator.integers(1, 4))
    chosen = {str(way) for way in generator.choice(ways, size=count, replace=False)}
    return Plan(
        scale=float(generator.choice(scales)) if "numbers" in chosen else None,
        ties="ties" in chosen,
        weights=float(generator.choice(_SCALES[1:])) if "weights" in chosen else None,
        sizes=_sizes(request, generator) if "sizes" in chosen else {},
        integers="integers" in chosen,
        texts="texts" in chosen,
        seeds="seeds" in chosen,
        noise="noise" in chosen,
        mode=_MODES[int(generator.integers(len(_MODES)))] if "mode" in chosen else None,
    )


def _sizes(request: Request, generator: np.random.Generator) -> dict[int, int]:
    """One size that tensors among the arguments have, and what it becomes wherever it stands."""
    found = sorted({n for case in _cases(request) for value in case.args for n in _shape(value) if n > 0})
    if not found:
        return {}
    old = int(generator.choice(found))
    others = sorted({1, max(1, old - 1), old + 1, 2 * old} - {old})
    return {old: int(generator.choice(others))}


def _shape(value: Value) -> list[int]:
    if isinstance(value, Items):
        return [n for item in value.items for n in _shape(item)]
    return value.shape if isinstance(value, Tensor) else []


def _cases(request: Request) -> Sequence[Case]:
    match request:
        case requests.Call(cases=cases) | requests.Fit(cases=cases) | requests.Use(cases=cases):
            return cases
        case requests.Differentiate(case=case) | requests.Observe(case=case):
            return [case]
        case requests.Train(batches=batches):
            return batches
    return []


@dataclass(frozen=True)
class _Rewriter:
    """Shorthand for the parts that requests have in common."""

    drawing: Drawing

    def cases(self, cases: Iterable[Case]) -> list[Case]:
        return [self.case(case) for case in cases]

    def case(self, case: Case) -> Case:
        draw = self.drawing
        args = [draw.argument(value, place) for place, value in enumerate(case.args)]
        kwargs = {name: draw.argument(value, None) for name, value in case.kwargs.items()}
        return Case(args, kwargs, draw.seed(case.seed))

    def weights(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        return {name: self.drawing.weight(tensor) for name, tensor in weights.items()}


def _again(request: Request, drawing: Drawing) -> Request:
    parts, kept = _Rewriter(drawing), drawing.kept
    target: Callable[[Any], Any] = drawing.target
    match request:
        case requests.Call() as call:
            return replace(
                call,
                target=target(call.target),
                cases=parts.cases(call.cases),
                weights=parts.weights(call.weights),
            )
        case requests.Observe() as seen:
            return replace(
                seen,
                target=target(seen.target),
                case=parts.case(seen.case),
                weights=parts.weights(seen.weights),
            )
        case requests.Differentiate() as asked:
            return replace(
                asked,
                target=target(asked.target),
                case=parts.case(asked.case),
                weights=parts.weights(asked.weights),
                cotangents=[kept(one) for one in asked.cotangents],
                tangents=[kept(one) for one in asked.tangents],
            )
        case requests.Train() as train:
            return replace(
                train,
                target=target(train.target),
                batches=parts.cases(train.batches),
                labels=[kept(one) for one in train.labels],
                cases=parts.cases(train.cases),
                seed=drawing.seed(train.seed),
                weights=parts.weights(train.weights),
            )
        case requests.Fit() as fit:
            return replace(fit, cases=parts.cases(fit.cases), then=parts.cases(fit.then))
        case requests.Use() as use:
            return replace(use, cases=parts.cases(use.cases))
        case requests.Rehearse() as played:
            acts = [
                replace(
                    act,
                    before=[drawing.argument(value, None) for value in act.before],
                    rest=[drawing.argument(value, None) for value in act.rest],
                    named={name: drawing.argument(value, None) for name, value in act.named.items()},
                    seed=drawing.seed(act.seed),
                )
                for act in played.acts
            ]
            cast = [drawing.argument(value, None) for value in played.cast]
            return replace(played, cast=cast, acts=acts)
    return request
