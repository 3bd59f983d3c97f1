"""The laboratory: how one call of student code is made, and what is put back after it."""

from __future__ import annotations

import contextlib
import copy
import random
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from grader.wire.replies import State
from grader.wire.requests import Lab


class QuietRandom(TorchFunctionMode):
    """Random tensors come out as zeros, so that a random first state does not disturb other probes.

    Those stay random that torch draws for itself: from zeros, spectral norm would divide by 0.
    """

    _LIKE = frozenset([torch.randn_like, torch.rand_like])
    _NEW = frozenset([torch.randn, torch.rand])
    _FILLED = frozenset([torch.normal, torch.Tensor.normal_, torch.Tensor.uniform_])
    _ALL = _LIKE | _NEW | _FILLED

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        # Thousands of calls come by here, and few are random: one look has to do for the others.
        if func not in self._ALL or _drawn_by_torch(sys._getframe(1)):
            return func(*args, **kwargs)
        if func in self._LIKE:
            return torch.zeros_like(*args, **kwargs)
        if func in self._NEW:
            return torch.zeros(*args, **{k: v for k, v in kwargs.items() if k != "generator"})
        result = func(*args, **kwargs)
        return result.zero_() if not result.requires_grad else result


def _drawn_by_torch(caller: types.FrameType) -> bool:
    return str(caller.f_globals.get("__name__")).startswith("torch.nn.utils.")


def state() -> State:
    """Global state that a call may have changed for those after it."""
    return State(
        str(torch.get_default_dtype()).removeprefix("torch."),
        torch.is_grad_enabled(),
        torch.get_num_threads(),
        torch.are_deterministic_algorithms_enabled(),
    )


def seed(number: int) -> None:
    """Seeds every generator that a notebook of this course uses."""
    random.seed(number)
    np.random.seed(number % 2**32)
    # Without devices the same as torch.manual_seed, which spends 2 ms on stack traces for them.
    torch.default_generator.manual_seed(number)


@contextlib.contextmanager
def laboratory(lab: Lab) -> Iterator[None]:
    """Default dtype, autograd and quiet random tensors as `lab` says; put back afterwards.

    The notebook's own default counts for nothing: what we hand over is in one precision or the other.
    """
    before, wanted = torch.get_default_dtype(), torch.float64 if lab.double else torch.float32
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.set_grad_enabled(lab.grad))
        if lab.quiet:
            stack.enter_context(QuietRandom())
        torch.set_default_dtype(wanted)
        try:
            yield
        finally:
            if torch.get_default_dtype() is wanted:
                torch.set_default_dtype(before)


def prepare(model: Any, lab: Lab, weights: dict[str, torch.Tensor]) -> None:
    """Mode, dtype and weights of a model; raises as torch does where a weight does not fit."""
    if not isinstance(model, torch.nn.Module):
        return
    if lab.double:
        convert(model, torch.float64)
    if weights:
        found = dict(model.named_parameters()) | dict(model.named_buffers())
        with torch.no_grad():
            for name, value in weights.items():
                found[name].copy_(value)
    if lab.mode != "as_is":
        model.train(lab.mode == "train")


def convert(model: torch.nn.Module, dtype: torch.dtype) -> None:
    """Makes its parameters and buffers of real numbers `dtype`. Mostly they are, by the default dtype that
    `laboratory` has set, and to find that out costs a tenth of converting."""
    tensors = [*model.parameters(), *model.buffers()]
    if any(tensor.dtype is not dtype and tensor.is_floating_point() for tensor in tensors):
        model.double() if dtype is torch.float64 else model.to(dtype)  # `double` spares complex weights


def size(model: torch.nn.Module, args: Sequence[Any]) -> None:
    """One call on `args` where lazy layers have yet to find out how large they are; raises as it does."""
    tensors = [*model.parameters(), *model.buffers()]
    dtype = next((tensor.dtype for tensor in tensors if torch.nn.parameter.is_lazy(tensor)), None)
    if dtype is None:
        return
    real = [isinstance(arg, torch.Tensor) and arg.is_floating_point() for arg in args]
    training = model.training
    model.eval()
    with torch.no_grad():
        model(*[arg.to(dtype) if cast else arg for arg, cast in zip(args, real, strict=True)])
    model.train(training)


def fresh(make: Callable[[], Any], prototype: Any) -> Any:
    """A copy of the prototype, or one made again where it cannot be copied."""
    if not isinstance(prototype, torch.nn.Module):
        return prototype
    try:
        return copy.deepcopy(prototype)
    except Exception:
        return make()
