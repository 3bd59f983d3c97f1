"""What a call left in its arguments, done again to ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch


class LeftOtherwise(Exception):
    """An argument was left as something that ours cannot be made into in place."""


def leave(ours: Any, theirs: Any) -> None:
    """Changes `ours` in place into what `theirs` says; what it holds stays the same object where it can.

    Raises `LeftOtherwise` where that cannot be.
    """
    match ours:
        case torch.Tensor() if isinstance(theirs, torch.Tensor) and _alike(ours, theirs):
            with torch.no_grad():
                ours.copy_(theirs)
        case np.ndarray() if isinstance(theirs, np.ndarray) and _alike(ours, theirs):
            ours[...] = theirs
        case list() if isinstance(theirs, list):
            ours[:] = [_kept(ours[at], new) if at < len(ours) else new for at, new in enumerate(theirs)]
        case dict() if isinstance(theirs, dict):
            after = {key: _kept(ours[key], new) if key in ours else new for key, new in theirs.items()}
            ours.clear()
            ours.update(after)
        case set() if isinstance(theirs, set):
            ours.clear()
            ours.update(theirs)
        case _:
            raise LeftOtherwise


def _kept(ours: Any, theirs: Any) -> Any:
    try:
        leave(ours, theirs)
    except LeftOtherwise:
        return theirs
    return ours


def _alike(ours: Any, theirs: Any) -> bool:
    return bool(ours.shape == theirs.shape and ours.dtype == theirs.dtype)
