"""Torch values to and from wire values. Copies bytes; never runs code of what it reads."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any, Literal, cast

import numpy as np
import torch
from torch.nn.utils.rnn import PackedSequence

from grader.wire.frames import MAX_PAYLOAD, Malformed, TooLarge
from grader.wire.values import (
    MAX_DEPTH,
    MAX_DIMS,
    MAX_ITEMS,
    MAX_TEXT,
    Built,
    DType,
    Given,
    Items,
    Mapping,
    Named,
    Odd,
    Other,
    Packed,
    Scalar,
    Tensor,
    Text,
    Value,
)

_DTYPES: dict[str, torch.dtype] = {
    name: getattr(torch, name)
    for name in (
        "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
    )
}  # fmt: skip
_NAMES = {dtype: cast(DType, name) for name, dtype in _DTYPES.items()}


class Writer:
    """Encodes values of one message; `payload` grows with each tensor, capped at `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self.payload = bytearray()
        self._limit = limit
        self._items = 0

    def tensor(self, tensor: torch.Tensor, *, array: bool = False) -> Tensor:
        """The header of `tensor`, whose bytes join the payload, a sparse one's with its zeros.

        Raises `TooLarge` above the cap.
        """
        plain = tensor.detach()
        if type(plain) is not torch.Tensor:
            plain = plain.as_subclass(torch.Tensor)
        if plain.is_quantized or plain.is_nested or plain.dtype not in _NAMES:
            raise Malformed(f"a tensor of dtype {plain.dtype}, layout {plain.layout} cannot cross")
        size = plain.numel() * plain.element_size()
        if plain.dim() > MAX_DIMS or len(self.payload) + size > self._limit:
            raise TooLarge(f"a tensor of shape {tuple(plain.shape)} is too large to cross")
        if plain.layout is not torch.strided:  # the gradient of `nn.Embedding(sparse=True)`, for one
            plain = plain.to_dense()
        offset = len(self.payload)
        if size:
            self.payload += _bytes(plain)
        return Tensor(_NAMES[plain.dtype], list(plain.shape), offset, bool(tensor.requires_grad), array)

    def value(self, value: Any, depth: int = 0) -> Value:
        """Any Python value in wire form; what cannot cross becomes `Other`. Raises `TooLarge` above a cap."""
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            raise TooLarge("a value is nested too deeply, or holds too many items, to cross")
        if isinstance(value, (Scalar, Text, Tensor, Items, Mapping, Packed, Named, Built, Given, Other)):
            return value
        kind = type(value)
        if value is None or kind is bool:
            return Scalar(value)
        if kind is int:
            return (
                Scalar(value)
                if -(2**63) <= value < 2**63
                else Other("int", "an integer of more than 64 bits")
            )
        if kind is float:
            return Scalar(value) if math.isfinite(value) else Odd(_odd(value))
        if kind is str:
            return Text(value if len(value) <= MAX_TEXT else value[:MAX_TEXT])
        if isinstance(value, PackedSequence):
            return self._packed(value)
        if isinstance(value, torch.Tensor):
            return self.tensor(value)
        if isinstance(value, np.ndarray) and value.dtype.kind in "fiub" and value.dtype.isnative:
            return self.tensor(torch.from_numpy(np.array(value, order="C", subok=False)), array=True)
        if isinstance(value, np.generic) and value.dtype.kind in "fiubU":
            return self.value(value.item(), depth)
        if isinstance(value, (list, tuple)):
            return Items(
                "tuple" if isinstance(value, tuple) else "list", [self.value(v, depth + 1) for v in value]
            )
        if isinstance(value, dict):
            return Mapping([(self.value(k, depth + 1), self.value(v, depth + 1)) for k, v in value.items()])
        return Other(kind.__name__[:100], module=isinstance(value, torch.nn.Module))

    def _packed(self, packed: PackedSequence) -> Packed:
        order, back = packed.sorted_indices, packed.unsorted_indices
        return Packed(
            self.tensor(packed.data),
            self.tensor(packed.batch_sizes),
            None if order is None else self.tensor(order),
            None if back is None else self.tensor(back),
        )


def _bytes(plain: torch.Tensor) -> bytes:
    """Its elements in C order, as they lie in memory."""
    if plain.is_cpu and not plain.is_neg() and plain.dtype is not torch.bfloat16:
        return plain.numpy().tobytes()
    flat = plain.resolve_neg().contiguous().cpu().reshape(-1)
    return flat.view(torch.uint8).numpy().tobytes()


class Reader:
    """Decodes the values of one message over its payload. Raises `Malformed` for what does not fit."""

    def __init__(self, payload: bytes, most: int | None = None) -> None:
        """most: bytes that all tensors together may take, where headers could name the same bytes often."""
        self._payload = payload
        self._left = most
        self._items = 0

    def tensor(self, header: Tensor) -> torch.Tensor:
        """The tensor that `header` describes, a copy of its bytes; checked against the payload first."""
        # One size of 0 makes any others fit the payload, and sums over them would still fill our memory.
        sizes = [n for n in header.shape[: MAX_DIMS + 1] if n]
        if len(header.shape) > MAX_DIMS or any(n < 0 for n in sizes) or math.prod(sizes) > MAX_PAYLOAD:
            raise Malformed(f"no shape of a tensor: {header.shape[:MAX_DIMS]}")
        dtype = _DTYPES[header.dtype]
        size = math.prod(header.shape) * dtype.itemsize
        if self._left is not None:
            self._left -= size
        if header.offset < 0 or header.offset + size > len(self._payload) or (self._left or 0) < 0:
            raise Malformed("a tensor lies outside its message")
        if size == 0:
            return torch.empty(header.shape, dtype=dtype)
        data = np.frombuffer(self._payload, dtype=np.uint8, count=size, offset=header.offset)
        if header.dtype == "bool" and data.max() > 1:
            raise Malformed("a truth value is neither 0 nor 1")
        if header.dtype == "bfloat16":
            return torch.from_numpy(data.copy()).view(dtype).reshape(header.shape)
        return torch.from_numpy(data.view(header.dtype).reshape(header.shape).copy())

    def value(self, value: Value, depth: int = 0) -> Any:
        """The Python value; `Named`, `Built`, `Given` and `Other` come back as they are."""
        self._items += 1
        if depth > MAX_DEPTH or self._items > MAX_ITEMS:
            raise Malformed("a value is nested too deeply, or holds too many items")
        match value:
            case Scalar(plain) | Text(plain):
                return plain
            case Odd(word):
                return float(word)
            case Tensor():
                tensor = self.tensor(value)
                return tensor.numpy() if value.array and value.dtype != "bfloat16" else tensor
            case Items(kind, items):
                read = [self.value(item, depth + 1) for item in items]
                if kind not in ("list", "tuple"):
                    raise Malformed("a set came where none may cross")
                return tuple(read) if kind == "tuple" else read
            case Mapping(items):
                return {_key(self.value(k, depth + 1)): self.value(v, depth + 1) for k, v in items}
            case Packed():
                return self.packed(value)
            case _:
                return value

    def packed(self, packed: Packed) -> PackedSequence:
        """A `PackedSequence` whose parts fit together; one that does not would crash torch itself."""
        data, sizes = self.tensor(packed.data), self.tensor(packed.batch_sizes)
        counts = sizes.tolist() if sizes.dim() == 1 and sizes.dtype == torch.int64 else []
        if not counts or data.numel() < 1 or data.dim() < 1 or sum(counts) != len(data) or counts[-1] < 1:
            raise Malformed("no packed sequence: sizes and data do not fit together")
        if any(later > earlier for earlier, later in pairwise(counts)):
            raise Malformed("no packed sequence: batch sizes grow")
        orders = [
            None if o is None else self.tensor(o) for o in (packed.sorted_indices, packed.unsorted_indices)
        ]
        for order in orders:
            if order is not None and not _permutes(order, counts[0]):
                raise Malformed("no packed sequence: its order is no permutation")
        return PackedSequence(data, sizes, orders[0], orders[1])


def _permutes(order: torch.Tensor, count: int) -> bool:
    # Its length first: the count is a claim, and would be paid for with memory of ours.
    if order.dtype != torch.int64 or order.shape != (count,):
        return False
    return torch.equal(order.sort().values, torch.arange(count))


def _odd(value: float) -> Literal["nan", "inf", "-inf"]:
    return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")


def _key(key: Any) -> Any:
    try:
        hash(key)
    except TypeError as error:
        raise Malformed("a mapping's key is no plain value") from error
    return key
