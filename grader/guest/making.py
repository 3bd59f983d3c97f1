"""Models that a training function makes itself: the weights with which they were made.

A model that is only called by `torch.func.functional_call` has others in their place whenever it is seen.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Container, Iterator
from typing import Any

import torch
from torch import nn

_MOST = 20


class Made:
    """The first modules of some classes, with copies of their weights as their constructors left them."""

    def __init__(self) -> None:
        self._modules: list[tuple[nn.Module, dict[int, torch.Tensor]]] = []

    def wrapped(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """`__init__` of such a class, which remembers what it has made."""

        @functools.wraps(original)
        def made(module: nn.Module, *args: Any, **kwargs: Any) -> None:
            original(module, *args, **kwargs)
            if len(self._modules) < _MOST:
                weights = {id(p): p.detach().clone() for p in module.parameters() if is_weight(p)}
                self._modules.append((module, weights))

        return made

    def without(self, known: Container[int]) -> Iterator[tuple[nn.Parameter, torch.Tensor]]:
        """The weights whose ids are not in `known`, and what they were."""
        for module, begun in self._modules:
            for parameter in module.parameters():
                if id(parameter) in begun and id(parameter) not in known:
                    yield parameter, begun[id(parameter)]


def is_weight(value: object) -> bool:
    """Whether it is a parameter, and has a size already."""
    return isinstance(value, nn.Parameter) and not nn.parameter.is_lazy(value)
