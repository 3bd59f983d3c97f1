"""What a training loop does to weights, seen at the weights: whoever moves them, by whatever spelling.

Gradients are seen by hooks on the parameters, so that `backward`, `torch.autograd.grad`, closures and
several losses look alike. A step is an optimiser's, or any change of weights between two passes.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

from grader.guest.making import Made, is_weight
from grader.guest.observing import first_tensor
from grader.guest.replacing import replaced
from grader.wire.fitting import Step

_MAX_STEPS = 1500
_MOST_OTHERS = 10
"""Calls of so many modules are kept where a function makes its own and calls their parts one by one."""


@dataclass
class Called:
    """One call of a watched model, and the gradient that came back to its output."""

    module: nn.Module
    input: Any
    output: torch.Tensor
    training: bool
    gradient: torch.Tensor | None = None

    def told(self, gradient: torch.Tensor) -> None:
        arrived = gradient.detach().clone()
        self.gradient = arrived if self.gradient is None else self.gradient + arrived


class Watch:
    """Watches the `given` modules, or every module with parameters where none is given.

    `calls` is how many calls of each are kept. Use `watching` around the student's function.
    """

    def __init__(self, given: list[nn.Module], calls: int) -> None:
        self._given = {id(module) for module in given}
        self._most_calls = calls
        self._parameters: dict[int, nn.Parameter] = {}
        self._last: dict[int, torch.Tensor] = {}
        self._pass: set[int] = set()
        self._arrived: set[int] = set()
        self._was_filled: set[int] = set()
        self._added_to: set[int] = set()
        self._optimizers: list[torch.optim.Optimizer] = []
        self._hooks: list[Any] = []
        self._filled: set[int] = set()
        self._passed: dict[int, int] = {}
        self._wiped = False
        self._inside = self._stepping = self._before_step = 0
        self.before: dict[int, torch.Tensor] = {}
        self.held: set[int] = set()
        self.steps: list[Step] = []
        self.passes = self.looks = 0
        self.calls: list[Called] = []
        self.seen: list[nn.Module] = []
        self._made = Made()
        for module in given:
            self._learn_of(module)

    @contextlib.contextmanager
    def watching(self, classes: list[type[nn.Module]]) -> Iterator[None]:
        """While this lasts, calls of modules, gradients and steps are seen; `forward` of `classes` too."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(replaced(nn.Module, "__call__", self._entering))
            for kind in classes:
                stack.enter_context(replaced(kind, "forward", self._entering))
                if not self._given:
                    stack.enter_context(replaced(kind, "__init__", self._made.wrapped))
            for register, hook in (
                (register_optimizer_step_pre_hook, self._before),
                (register_optimizer_step_post_hook, self._after),
            ):
                stack.callback(register(hook).remove)
            try:
                yield
            finally:
                for parameter, begun in self._made.without(self._parameters):
                    self._begin(parameter, begun)
                self._look_for_moves()
                for handle in self._hooks:
                    handle.remove()

    def _learn_of(self, module: nn.Module) -> bool:
        """Whether it has no other weights than those that are watched now."""
        complete = True
        if not any(module is other for other in self.seen):
            self.seen.append(module)
        for parameter in module.parameters():
            # What `functional_call` puts in a weight's place for one call is no weight of the model.
            complete &= is_weight(parameter)
            if id(parameter) in self._parameters or not is_weight(parameter):
                continue
            self._begin(parameter, parameter.detach().clone())
            if parameter.requires_grad:
                hooked: Any = parameter
                self._hooks.append(hooked.register_hook(self._arrives(parameter)))
                self._hooks.append(hooked.register_post_accumulate_grad_hook(self._accumulated))
        return complete

    def _begin(self, parameter: nn.Parameter, value: torch.Tensor) -> None:
        key = id(parameter)
        self._parameters[key] = parameter
        self.before[key] = self._last[key] = value

    def _entering(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def entered(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
            self.looks += not (self._inside or (torch.is_grad_enabled() and module.training))
            if not self._is_watched(module):
                return original(module, *args, **kwargs)
            outermost, complete = self._inside == 0, True
            if outermost:
                self._look_for_moves()
                complete = self._learn_of(module)
            self._inside += 1
            try:
                output = original(module, *args, **kwargs)
            finally:
                self._inside -= 1
            if not complete:
                self._learn_of(module)  # lazy layers have weights now
            if outermost:
                self._keep(module, [*args, *kwargs.values()], output)
            return output

        return entered

    def _is_watched(self, module: nn.Module) -> bool:
        if self._given:
            return id(module) in self._given
        return next(module.parameters(), None) is not None

    def _keep(self, module: nn.Module, inputs: list[Any], output: Any) -> None:
        tensor = first_tensor(output)
        kept_already = sum(call.module is module for call in self.calls)
        full = kept_already >= self._most_calls or len(self.calls) >= _MOST_OTHERS * self._most_calls
        if tensor is None or not torch.is_grad_enabled() or full:
            return
        first = first_tensor(inputs)
        given = None if first is None else first.detach().clone()
        kept = Called(module, given, tensor.detach().clone(), module.training)
        self.calls.append(kept)
        if tensor.requires_grad:
            tensor.register_hook(kept.told)  # type: ignore[no-untyped-call]

    def _arrives(self, parameter: nn.Parameter) -> Callable[[torch.Tensor], None]:
        key = id(parameter)

        def arrived(gradient: torch.Tensor) -> None:
            if not self._pass or key in self._pass:
                # The first weight that this pass reaches.
                self._look_for_moves()
                self.passes += 1
                self._pass.clear()
            self._pass.add(key)
            if gradient.any():
                self._filled.add(key)
            if key not in self._arrived and _is_filled(parameter):
                self._was_filled.add(key)
            self._arrived.add(key)

        return arrived

    def _accumulated(self, parameter: torch.Tensor) -> None:
        if id(parameter) in self._was_filled:
            self._added_to.add(id(parameter))

    def _before(self, optimizer: torch.optim.Optimizer, *_: Any) -> None:
        self._stepping += 1
        if self._stepping > 1:
            return
        self._look_for_moves(optimizing=True)
        self._before_step = self.passes
        own = _held_by(optimizer) & self._parameters.keys()
        self._wiped = bool(self._filled & own) and not any(_is_filled(self._parameters[key]) for key in own)
        self.held |= _held_by(optimizer)
        if not any(optimizer is other for other in self._optimizers):
            self._optimizers.append(optimizer)

    def _after(self, optimizer: torch.optim.Optimizer, *_: Any) -> None:
        self._stepping -= 1
        if self._stepping:
            return
        kept = [value for state in optimizer.state.values() for value in state.values()]
        by = next(n for n, other in enumerate(self._optimizers) if other is optimizer)
        own = _held_by(optimizer)
        step = Step(
            by=by,
            rate=max((float(group.get("lr", -1.0)) for group in optimizer.param_groups), default=-1.0),
            stateful=any(isinstance(value, torch.Tensor) and value.numel() > 1 for value in kept),
            passes=self.passes - self._passed.get(by, 0),
            old=not self._added_to.isdisjoint(own),
            wiped=self._wiped and self.passes == self._before_step,
            moved=max(self._moved().values(), default=0.0),
        )
        self._took(step, own)

    def _look_for_moves(self, *, optimizing: bool = False) -> None:
        """Notes a step where weights have moved since they were last looked at, outside any optimiser."""
        if self._stepping > optimizing:
            return
        moved = self._moved()
        if moved:
            count = self.passes - self._passed.get(-1, 0)
            old = not self._added_to.isdisjoint(moved)
            self._took(Step(-1, -1.0, False, count, old, False, max(moved.values())), set(self._parameters))

    def _took(self, step: Step, own: set[int]) -> None:
        """Notes a step; of what is kept until a step only what belongs to `own` ends with it."""
        if len(self.steps) < _MAX_STEPS:
            self.steps.append(step)
        self._passed[step.by] = self.passes
        self._pass.clear()
        for kept in (self._arrived, self._was_filled, self._added_to, self._filled):
            kept -= own

    def _moved(self) -> dict[int, float]:
        """How far each weight has moved since this was last asked, if at all; not a number counts as 1e30."""
        moved = {}
        for key, parameter in self._parameters.items():
            now, last = parameter.detach(), self._last[key]
            if now.shape == last.shape and torch.equal(now, last):
                continue
            change = float((now - last).abs().max()) if now.shape == last.shape and now.numel() else 1e30
            moved[key] = change if change < 1e30 else 1e30
            self._last[key] = now.clone()
        return moved


def _held_by(optimizer: torch.optim.Optimizer) -> set[int]:
    return {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}


def _is_filled(parameter: torch.Tensor) -> bool:
    return parameter.grad is not None and bool(parameter.grad.any())
