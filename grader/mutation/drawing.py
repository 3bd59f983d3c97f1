"""Arguments drawn anew: values of the wire with other numbers, sizes and texts, by one plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from msgspec.structs import replace

from grader.wire.tensors import Reader, Writer
from grader.wire.values import Built, Given, Items, Mapping, Packed, Scalar, Tensor, Text, Value


@dataclass(frozen=True)
class Plan:
    """What changes in one round.

    scale: numbers of tensors are drawn with this deviation, 0 for zeros; None keeps them
    ties: they are among -1, 0 and 1
    weights: those of models are drawn with this deviation
    sizes: a size of tensors, and what it becomes
    noise: random numbers are what they are, also where the checks make zeros of them
    """

    scale: float | None
    ties: bool
    weights: float | None
    sizes: dict[int, int]
    integers: bool
    texts: bool
    seeds: bool
    noise: bool
    mode: Literal["eval", "train"] | None


@dataclass(frozen=True)
class Drawing:
    """Reads what was asked and writes what is asked instead."""

    reader: Reader
    writer: Writer
    generator: np.random.Generator
    plan: Plan
    known: dict[int, tuple[int, int]]

    def seed(self, seed: int) -> int:
        return int(self.generator.integers(0, 2**31)) if self.plan.seeds else seed

    def kept(self, header: Tensor) -> Tensor:
        return self._written(header, self.reader.tensor(header))

    def weight(self, header: Tensor) -> Tensor:
        tensor = self.reader.tensor(header)
        if self.plan.weights is not None and tensor.is_floating_point():
            tensor = self._normal(tensor, self.plan.weights)
        return self._written(header, tensor)

    def target(self, target: Any) -> Any:
        """A recipe of a model with other weights; its sizes stay."""
        match target:
            case Built() as built:
                return replace(
                    built,
                    args=[self._same(value) for value in built.args],
                    kwargs={name: self._same(value) for name, value in built.kwargs.items()},
                    weights={name: self.weight(tensor) for name, tensor in built.weights.items()},
                    calls=[(name, [self._same(v) for v in values]) for name, values in built.calls],
                )
            case Given() as given:
                return replace(
                    given,
                    args=[self._same(value) for value in given.args],
                    kwargs={name: self._same(value) for name, value in given.kwargs.items()},
                    state={name: self.weight(tensor) for name, tensor in given.state.items()},
                    attributes={name: self._same(value) for name, value in given.attributes.items()},
                )
        return target

    def argument(self, value: Value, place: int | None) -> Value:
        """`place`: among the arguments, where whole numbers there have a range."""
        match value:
            case Tensor():
                return self._tensor(value)
            case Built() | Given():
                return self.target(value)  # type: ignore[no-any-return]
            case Items(kind, items) if items and all(isinstance(one, Text) for one in items):
                return Items(kind, self._texts([one.value for one in items if isinstance(one, Text)]))
            case Items(kind, items):
                return Items(kind, [self.argument(item, place) for item in items])
            case Text(text) if self.plan.texts and len(text) > 1:
                return Text(self._text(text, sorted(set(text))))
            case Scalar(plain) if not isinstance(plain, bool) and plain is not None:
                return Scalar(self._number(plain, place))
            case _:
                return self._same(value)

    def _same(self, value: Value) -> Value:
        """The value as it is, its bytes in the new payload."""
        match value:
            case Tensor():
                return self.kept(value)
            case Items(kind, items):
                return Items(kind, [self._same(item) for item in items])
            case Mapping(items):
                return Mapping([(self._same(key), self._same(one)) for key, one in items])
            case Packed(data, sizes, order, back):
                both = [None if one is None else self.kept(one) for one in (order, back)]
                return Packed(self.kept(data), self.kept(sizes), both[0], both[1])
            case Built() | Given():
                return self.target(value)  # type: ignore[no-any-return]
        return value

    def _tensor(self, header: Tensor) -> Tensor:
        tensor = self.reader.tensor(header)
        for axis, size in enumerate(tensor.shape):
            if size in self.plan.sizes:
                places = torch.arange(self.plan.sizes[size]) % size
                tensor = tensor.index_select(axis, places)
        if tensor.is_floating_point():
            if self.plan.ties:
                whole = self.generator.integers(-1, 2, tuple(tensor.shape))
                tensor = torch.from_numpy(np.asarray(whole)).to(tensor.dtype)
            elif self.plan.scale is not None or self.plan.sizes:
                tensor = self._normal(tensor, 1.0 if self.plan.scale is None else self.plan.scale)
        elif tensor.dtype is not torch.bool and self.plan.integers and tensor.numel():
            tensor = self._integers(tensor)
        return self._written(header, tensor)

    def _integers(self, tensor: torch.Tensor) -> torch.Tensor:
        """Within the range that is there; what falls, as lengths may have to, still does."""
        low, high = int(tensor.min()), int(tensor.max())
        drawn = torch.from_numpy(np.asarray(self.generator.integers(low, high + 1, tuple(tensor.shape))))
        falls = tensor.dim() == 1 and len(tensor) > 1 and bool((tensor[1:] <= tensor[:-1]).all())
        return (drawn.sort(descending=True).values if falls else drawn).to(tensor.dtype)

    def _number(self, plain: Any, place: int | None) -> Any:
        if not self.plan.integers and plain in self.plan.sizes and isinstance(plain, int):
            return self.plan.sizes[plain] if self.generator.random() < 0.5 else plain
        if not self.plan.integers or isinstance(plain, str):
            return plain
        if isinstance(plain, int):
            low, high = self.known.get(-1 if place is None else place, (plain, plain))
            return int(self.generator.integers(min(low, plain), max(high, plain) + 2))
        return plain * float(self.generator.choice([0.1, 0.5, 2.0]))

    def _texts(self, texts: list[str]) -> list[Value]:
        if not self.plan.texts:
            return [Text(text) for text in texts]
        if all(len(text) == 1 for text in texts):  # an alphabet: each letter once
            return [Text(texts[at]) for at in self.generator.permutation(len(texts))]
        letters = sorted({letter for text in texts for letter in text})
        return [Text(self._text(text, letters)) for text in texts]

    def _text(self, text: str, letters: list[str]) -> str:
        size = int(self.generator.integers(1, 2 * len(text) + 1))
        return "".join(self.generator.choice(letters, size=size)) if text else text

    def _normal(self, tensor: torch.Tensor, scale: float) -> torch.Tensor:
        drawn = self.generator.standard_normal(tuple(tensor.shape)) * scale
        return torch.from_numpy(np.asarray(drawn)).to(tensor.dtype)

    def _written(self, header: Tensor, tensor: torch.Tensor) -> Tensor:
        if header.grad and tensor.is_floating_point():
            tensor = tensor.detach().requires_grad_()
        return self.writer.tensor(tensor, array=header.array)
