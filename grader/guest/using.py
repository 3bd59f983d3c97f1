"""Calling a function of the notebook on modules, and noting how it used them."""

from __future__ import annotations

from typing import Any

from torch import nn

from grader.guest import lab as laboratory
from grader.guest.calls import raised
from grader.guest.observing import first_tensor, whole
from grader.guest.targets import Targets
from grader.wire.cases import Case, Lab
from grader.wire.frames import WireError
from grader.wire.outcomes import Outcome, Raised, Returned
from grader.wire.tensors import Reader, Writer
from grader.wire.using import Usage, Use, Used, UsedCall


def use(request: Use, targets: Targets, reader: Reader, writer: Writer) -> Used:
    """Every case in turn; one that raises does not stop the others. Raises as building a module does."""
    with laboratory.laboratory(Lab(mode="as_is", double=False, grad=True)):
        function = targets.named(request.target.name)
        usages = [_usage(request, function, case, targets, writer) for case in request.cases]
    return Used(usages, laboratory.state())


def _usage(request: Use, function: Any, case: Case, targets: Targets, writer: Writer) -> Usage:
    laboratory.seed(case.seed)
    args = [targets.argument(a) for a in case.args]
    modules = [value for value in args if isinstance(value, nn.Module)]
    seen: list[UsedCall] = []

    def note(module: nn.Module, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if len(seen) < request.calls:
            first = first_tensor([*inputs, *kwargs.values()])
            seen.append(UsedCall(writer.value(None if first is None else whole(first)), module.training))

    for module in modules:
        module.train(request.training)
    handle = modules[0].register_forward_pre_hook(note, with_kwargs=True) if modules else None
    laboratory.seed(case.seed)
    outcome: Outcome
    try:
        outcome = Returned(writer.value(function(*args)), [])
    except WireError as error:
        outcome = Raised("ReplyError", str(error)[:500])
    except (Exception, SystemExit) as error:
        outcome = raised(error)
    if handle is not None:
        handle.remove()
    left = [bool(module.training) for module in modules[0].modules()] if modules else [False]
    return Usage(outcome, seen, left)
