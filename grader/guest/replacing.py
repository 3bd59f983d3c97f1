"""Methods of classes, replaced for a while."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from torch import nn


@contextlib.contextmanager
def replaced(
    kind: type[nn.Module], name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> Iterator[None]:
    """A method of a class goes through `wrap` while this lasts."""
    own = vars(kind).get(name)
    setattr(kind, name, wrap(getattr(kind, name)))
    try:
        yield
    finally:
        if own is None:
            delattr(kind, name)
        else:
            setattr(kind, name, own)
