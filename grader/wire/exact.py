"""Values that cross as what they are: sets, NumPy scalars and long integers too; the rest stays and is named.

For test code that was written to run beside the student's, where `type(x) is int` has to mean the same on our
side as it did there. What no form holds is kept by the side that has it, and a reference crosses.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn.utils.rnn import PackedSequence

from grader.wire.frames import Malformed
from grader.wire.tensors import Reader, Writer
from grader.wire.values import MAX_TEXT, Items, Kept, Known, Tensor, Value, Whole

_DIGITS = re.compile(r"-?[0-9]{1,4000}\Z")
_LONGEST_BITS = 13_000
_PLAIN = (type(None), bool, float, list, tuple, dict, PackedSequence, np.ndarray)
_SHED = (torch.Size, OrderedDict, defaultdict, Counter)
"""Cross as the tuple or dictionary that they are."""


class ExactWriter(Writer):
    """Encodes values of one message; `keep` gives the reference of what has no form of its own."""

    def __init__(self, limit: int, keep: Callable[[Any], Value]) -> None:
        super().__init__(limit)
        self._keep = keep

    def value(self, value: Any, depth: int = 0) -> Value:
        """Raises `TooLarge` above a cap, and whatever `keep` raises."""
        kind = type(value)
        if kind is int and not -(2**63) <= value < 2**63 and value.bit_length() <= _LONGEST_BITS:
            return Whole(str(value))
        if kind in (set, frozenset):
            items = [self.value(item, depth + 1) for item in value]
            return Items("set" if kind is set else "frozenset", items)
        if isinstance(value, np.generic) and value.dtype.kind in "fiub":
            # Not `from_numpy`: a scalar is no array yet.
            header = super().value(np.asarray(value), depth)
            return _scalar(header) if isinstance(header, Tensor) else header
        if kind is str and len(value) > MAX_TEXT:
            return self._keep(value)
        if kind in (int, str) or kind in _PLAIN or kind in _SHED or isinstance(value, torch.Tensor):
            return self._written(value, depth)
        return self._keep(value)

    def _written(self, value: Any, depth: int) -> Value:
        if isinstance(value, np.ndarray) and (value.dtype.kind not in "fiub" or not value.dtype.isnative):
            return self._keep(value)
        if type(value) is int and not -(2**63) <= value < 2**63:
            return self._keep(value)
        try:
            return super().value(value, depth)
        except Malformed:  # a layout or dtype that has no form
            return self._keep(value)


class ExactReader(Reader):
    """Decodes what an `ExactWriter` wrote; `found` gives what a reference stands for."""

    def __init__(self, payload: bytes, found: Callable[[Kept | Known], Any], most: int | None = None) -> None:
        super().__init__(payload, most)
        self._found = found

    def value(self, value: Value, depth: int = 0) -> Any:
        """Raises `Malformed` for what does not fit."""
        match value:
            case Kept() | Known():
                return self._found(value)
            case Whole(digits):
                if not _DIGITS.match(digits):
                    raise Malformed("no integer")
                return int(digits)
            case Items(("set" | "frozenset") as kind, items):
                read = super().value(Items("list", items), depth)
                try:
                    return set(read) if kind == "set" else frozenset(read)
                except TypeError as error:
                    raise Malformed("a member of a set is no plain value") from error
            case Tensor(scalar=True):
                array = super().value(value, depth)
                if not isinstance(array, np.ndarray) or array.shape:
                    raise Malformed("no scalar")
                return array[()]
            case _:
                return super().value(value, depth)


def _scalar(header: Tensor) -> Tensor:
    return Tensor(header.dtype, header.shape, header.offset, header.grad, array=True, scalar=True)
