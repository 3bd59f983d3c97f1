"""Whether two replies say the same: bit for bit, or as far as rounding can make equal code differ."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import torch

from grader.wire.frames import WireError
from grader.wire.outcomes import Raised
from grader.wire.replies import Event, Reply
from grader.wire.tensors import Reader
from grader.wire.values import Odd, Tensor

_TOLERANCES = {torch.float64: 1e-9, torch.float32: 1e-5, torch.float16: 1e-2, torch.bfloat16: 1e-2}
"""Of the largest number of a tensor; ten times as much in the search, whose numbers are larger."""
_NUMBER = 1e-6
_NOT_COMPARED = {"frames", "message", "near", "offset"}
"""Lines of the notebook and what is said of them, similar names, places in the payload."""


@dataclass(frozen=True)
class Tolerance:
    searching: bool = False

    def of(self, dtype: torch.dtype) -> float:
        return _TOLERANCES.get(dtype, 0.0) * (10 if self.searching else 1)

    def number(self) -> float:
        return _NUMBER * (10 if self.searching else 1)


class _Unlike(Exception):
    """Carries what differs, in words."""


def unlike(first: Reply, data: bytes, second: Reply, theirs: bytes, tolerance: Tolerance) -> str | None:
    """What differs first, in a few words; None where the replies are equal.

    In the search an outcome counts only where the first notebook returned, and its tensors only where all
    their numbers are finite. Two exceptions of one type are equal.
    """
    walk = _Walk(Reader(data), Reader(theirs), tolerance)
    try:
        walk.compare(first, second, "")
    except _Unlike as found:
        return str(found)
    except WireError as error:
        return f"a reply that cannot be read: {error}"
    return None


@dataclass(frozen=True)
class _Walk:
    first: Reader
    second: Reader
    tolerance: Tolerance

    def compare(self, one: Any, other: Any, place: str) -> None:
        """Raises `_Unlike` at the first difference."""
        if isinstance(one, Raised) and self.tolerance.searching:
            return
        if type(one) is not type(other):
            raise _Unlike(f"{_here(place)}{_named(one)}, then {_named(other)}")
        match one:
            case Tensor():
                self._tensors(one, other, place)
            case Odd() if self.tolerance.searching:
                return
            case Event():
                # A state of zeros may be given or left out; one of other numbers shows in what comes out.
                self.compare(one.inputs[:1], other.inputs[:1], _deeper(place, "inputs"))
                for name in ("role", "name", "type", "output"):
                    self.compare(getattr(one, name), getattr(other, name), _deeper(place, name))
            case msgspec.Struct():
                for name in one.__struct_fields__:
                    if name not in _NOT_COMPARED:
                        self.compare(getattr(one, name), getattr(other, name), _deeper(place, name))
            case list() | tuple():
                self._items(one, other, place)
            case dict():
                if list(one) != list(other):
                    raise _Unlike(f"{_here(place)}names {list(one)}, then {list(other)}")
                for key, value in one.items():
                    self.compare(value, other[key], _deeper(place, str(key)))
            case float():
                if not math.isclose(one, other, rel_tol=self.tolerance.number(), abs_tol=1e-12):
                    raise _Unlike(f"{_here(place)}{one:.6g}, then {other:.6g}")
            case _:
                if one != other:
                    raise _Unlike(f"{_here(place)}{one!r}, then {other!r}"[:300])

    def _items(self, one: Sequence[Any], other: Sequence[Any], place: str) -> None:
        if len(one) != len(other):
            raise _Unlike(f"{_here(place)}{len(one)} items, then {len(other)}")
        for number, (left, right) in enumerate(zip(one, other, strict=True), start=1):
            self.compare(left, right, f"{place} {number}" if len(one) > 1 else place)

    def _tensors(self, one: Tensor, other: Tensor, place: str) -> None:
        left, right = self.first.tensor(one), self.second.tensor(other)
        if self.tolerance.searching and left.is_floating_point() and not bool(left.isfinite().all()):
            return
        if (one.dtype, one.shape) != (other.dtype, other.shape):
            raise _Unlike(f"{_here(place)}{one.dtype} {one.shape}, then {other.dtype} {other.shape}")
        if (one.grad, one.array) != (other.grad, other.array):
            raise _Unlike(f"{_here(place)}one of them is an array, or carries gradients, and the other not")
        if torch.equal(left, right):
            return
        if not left.is_floating_point():
            raise _Unlike(f"{_here(place)}{int((left != right).sum())} of {left.numel()} numbers differ")
        for said in _apart(left, right, self.tolerance.of(left.dtype)):
            raise _Unlike(f"{_here(place)}{said}")


def _apart(left: torch.Tensor, right: torch.Tensor, tolerance: float) -> Iterator[str]:
    odd = ~left.isfinite()
    if not torch.equal(odd, ~right.isfinite()) or not torch.equal(
        left[odd].nan_to_num(), right[odd].nan_to_num()
    ):
        yield "numbers that are infinite or none"
        return
    scale = float(left[~odd].abs().max()) if bool((~odd).any()) else 0.0
    off = float((left - right)[~odd].abs().max()) if bool((~odd).any()) else 0.0
    if off > tolerance * scale + 1e-300:
        yield f"off by {off:.3g} where the largest number is {scale:.3g}"


def _here(place: str) -> str:
    return f"{place.strip()}: " if place.strip() else ""


def _deeper(place: str, name: str) -> str:
    """Places as an author reads them: what every reply has in it says nothing."""
    return place if name in ("outcomes", "value", "items", "runs") else f"{place} {name}"


def _named(value: Any) -> str:
    """What kind of thing a reply holds: for an exception its type and what it says."""
    if isinstance(value, Raised):
        return f"{value.type}: {value.message}"[:200]
    return type(value).__name__.lower()
