"""Calling student code case by case, with every exception turned into an answer."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from grader.guest import lab as laboratory
from grader.guest.places import cell_of
from grader.guest.targets import Targets
from grader.wire.frames import WireError
from grader.wire.replies import Frame, Outcome, Raised, Results, Returned
from grader.wire.requests import Call, Case, Lab
from grader.wire.tensors import Reader, Writer

_MAX_MESSAGE = 2000


def raised(error: BaseException) -> Raised:
    """An exception as an answer: its type, message, and the frames that lie in cells of the notebook."""
    frames = []
    for entry in traceback.extract_tb(error.__traceback__):
        number = cell_of(entry.filename)
        if number is not None:
            text = linecache.getline(entry.filename, entry.lineno or 0).rstrip("\n")
            frames.append(Frame(number, entry.lineno or 0, text[:300]))
    try:
        message = str(error)
    except BaseException:
        message = "(its message cannot be shown)"
    return Raised(type(error).__name__[:100], message[:_MAX_MESSAGE], frames[-5:])


def call(request: Call, targets: Targets, reader: Reader, writer: Writer) -> Results:
    """Runs every case of the request; a case that raises does not stop the others."""
    weights = {name: reader.tensor(value) for name, value in request.weights.items()}
    seed = request.cases[0].seed if request.cases else 0
    outcomes: list[Outcome] = []
    with laboratory.laboratory(request.lab):
        for changes in ({}, *request.variants):
            changed = {name: reader.tensor(value) for name, value in changes.items()}
            make = partial(targets.make, request.target, request.lab, seed, weights | changed)
            prototype = make()
            for case in request.cases:
                try:
                    target = laboratory.fresh(make, prototype) if request.lab.fresh else prototype
                    function = target if request.method is None else getattr(target, request.method)
                    outcomes.append(one(function, case, request.lab, targets, writer))
                except (Exception, SystemExit) as error:
                    outcomes.append(raised(error))
    return Results(outcomes, laboratory.state())


def one(function: Callable[..., Any], case: Case, lab: Lab, targets: Targets, writer: Writer) -> Outcome:
    """One call on its own copies of the arguments; says which tensors and arrays it changed."""
    laboratory.seed(case.seed)
    args = [_cast(targets.argument(a), lab) for a in case.args]
    kwargs = {k: _cast(targets.argument(v), lab) for k, v in case.kwargs.items()}
    before = {i: copy for i, a in enumerate(args) if (copy := _copied(a)) is not None}
    laboratory.seed(case.seed)
    result = function(*args, **kwargs)
    mutated = [i for i, old in before.items() if not _same(args[i], old)]
    try:
        return Returned(writer.value(result), mutated)
    except WireError as error:
        return Raised("ReplyError", str(error)[:_MAX_MESSAGE])


def _cast(value: Any, lab: Lab) -> Any:
    if isinstance(value, torch.nn.Module):
        laboratory.prepare(value, lab, {})
    return value


def _copied(value: Any) -> torch.Tensor | np.ndarray[Any, Any] | None:
    if isinstance(value, torch.Tensor):
        return value.clone()
    return value.copy() if isinstance(value, np.ndarray) and value.dtype.kind in "biuf" else None


def _same(now: Any, before: torch.Tensor | np.ndarray[Any, Any]) -> bool:
    if isinstance(before, np.ndarray):
        return bool(np.array_equal(now, before, equal_nan=True))
    return (
        isinstance(now, torch.Tensor)
        and now.shape == before.shape
        and bool(torch.equal(torch.nan_to_num(now.detach()), torch.nan_to_num(before)))
    )
