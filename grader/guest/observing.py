"""Recording what modules and functions of torch are given and return during one call."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch._C import _functorch as functorch
from torch.overrides import TorchFunctionMode

from grader.guest import lab as laboratory
from grader.guest.calls import one, raised
from grader.guest.targets import Targets
from grader.wire.replies import Event, Observed
from grader.wire.requests import Observe
from grader.wire.tensors import Reader, Writer
from grader.wire.values import Value

_ROLES: dict[str, tuple[type[nn.Module], ...]] = {
    "recurrent": (nn.RNNBase, nn.RNNCellBase),
    "linear": (nn.Linear,),
    "embedding": (nn.Embedding,),
    "convolution": (nn.Conv1d, nn.Conv2d),
}
_MAX_EVENTS = 500


def observe(request: Observe, targets: Targets, reader: Reader, writer: Writer) -> Observed:
    """One call of the target with its events in order. Raises as building the target does."""
    weights = {name: reader.tensor(value) for name, value in request.weights.items()}
    events: list[Event] = []
    wanted = tuple(kind for role in request.roles for kind in _ROLES[role])

    def record(role: str, name: str, kind: str, inputs: list[Any], output: Any) -> None:
        if len(events) < _MAX_EVENTS:
            values: list[Value] = [writer.value(whole(v)) for v in inputs]
            events.append(Event(role, name[:200], kind[:100], values, writer.value(whole(output))))

    with laboratory.laboratory(request.lab), contextlib.ExitStack() as stack:
        target = targets.make(request.target, request.lab, request.case.seed, weights)
        for path, module in target.named_modules() if isinstance(target, nn.Module) else []:
            if isinstance(module, wanted):
                role = next(r for r in request.roles if isinstance(module, _ROLES[r]))
                hook = module.register_forward_hook(_hook(record, role, path), with_kwargs=True)
                stack.callback(hook.remove)
        if request.functions:
            stack.enter_context(_Spy(record, request.functions))
        try:
            outcome = one(target, request.case, request.lab, targets, writer)
        except (Exception, SystemExit) as error:
            outcome = raised(error)
    return Observed(outcome, events, laboratory.state())


_Record = Callable[[str, str, str, list[Any], Any], None]


def _hook(record: _Record, role: str, path: str) -> Callable[..., None]:
    def hook(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
        record(role, path, type(module).__name__, [*args, *kwargs.values()], output)

    return hook


class _Spy(TorchFunctionMode):
    """Functions and methods of torch report their calls, whatever name the notebook calls them by.

    What one of them calls inside itself is not seen.
    """

    def __init__(self, record: _Record, names: Sequence[str]) -> None:
        super().__init__()
        self._record = record
        self._names = {_function(name): name for name in names}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        if func in self._names:
            name = self._names[func]
            self._record("function", name, name.rpartition(".")[2], [*args, *kwargs.values()], result)
        return result


def _function(name: str) -> Any:
    """What a path such as `torch.Tensor.softmax` leads to, through modules and classes."""
    place, _, attribute = name.rpartition(".")
    if not place:
        return importlib.import_module(name)
    # What is no module would be looked for by whatever the notebook has put into the way of imports.
    return getattr(sys.modules[place] if place in sys.modules else _function(place), attribute)


def whole(value: Any) -> Any:
    """All of what a transform of `torch.func` works on: for a tensor under `vmap` its batch, first axis."""
    if isinstance(value, (tuple, list)) and type(value) in (tuple, list):
        return type(value)(whole(part) for part in value)
    if not isinstance(value, torch.Tensor) or not functorch.is_functorch_wrapped_tensor(value):
        return value
    axis = functorch.maybe_get_bdim(value)
    inner = functorch.get_unwrapped(value)
    return whole(inner.movedim(axis, 0) if axis >= 0 else inner)


def first_tensor(value: Any) -> torch.Tensor | None:
    """The first tensor of a result, which is a model's output unless the contract says otherwise."""
    while isinstance(value, (tuple, list)) and value:
        value = value[0]
    return value if isinstance(value, torch.Tensor) else None
