"""How what a check hands over crosses to the guest: tensors as they are, recipes to be built there."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import cache
from typing import Any, Protocol, cast

import torch

from grader.wire.tensors import Writer
from grader.wire.values import Built, Value

_PLAIN = (torch.Tensor, str, int, float, type(None))


class Recipe(Protocol):
    """Something that is made on the other side: a student's model, a module that the judge supplies."""

    def argument(self, writer: Writer) -> Value:
        """Its wire form; weights join the payload of `writer`."""
        ...


def crossing(value: Any, writer: Writer) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if _is_recipe(cast(Hashable, type(value))):
        return cast(Recipe, value).argument(writer)
    if type(value) in (list, tuple):  # a PackedSequence is a tuple too, and crosses as itself
        return type(value)(crossing(v, writer) for v in value)
    return value


@cache
def _is_recipe(kind: Hashable) -> bool:
    return callable(getattr(kind, "argument", None))


def built(
    name: str, args: Sequence[Any], kwargs: dict[str, Any], writer: Writer, first: Sequence[Any] = ()
) -> Built:
    """The wire form of a model that calling `name` builds, and that is called on `first` if it has to be."""
    return Built(
        name,
        [writer.value(crossing(a, writer)) for a in args],
        {k: writer.value(crossing(v, writer)) for k, v in kwargs.items()},
        first=[writer.value(a) for a in first],
    )
