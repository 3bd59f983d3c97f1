"""A module of `torch.nn` that the judge hands to a student's function, with weights of our own."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import torch

from grader.judge.draws import Draw
from grader.wire.tensors import Writer
from grader.wire.values import Given

Kind = Literal[
    "RNN",
    "RNNCell",
    "GRU",
    "GRUCell",
    "Linear",
    "Embedding",
    "Classifier",
    "NestedClassifier",
    "SourceReader",
    "TargetSpeaker",
]


@dataclass(frozen=True)
class Supplied:
    """`torch.nn.<kind>(*sizes)`, batch first where the kind has that option, or a module of the guest's
    own, `Classifier(numbers, classes)` and the like; immutable.

    `state` holds its weights, by the names of its `state_dict`; empty until `drawn`. `attributes` are set on
    it besides: sizes that the contract's models know by name.
    """

    kind: Kind
    sizes: Sequence[int]
    state: dict[str, torch.Tensor] | None = None
    double: bool = True
    attributes: Mapping[str, int] = field(default_factory=dict)

    def drawn(self, draw: Draw, purpose: str = "weights") -> Supplied:
        """This module with weights from the laboratory's distributions: matrices normal with variance
        1 / fan_in, biases 0.3 normal."""
        generator = draw(purpose)
        state = {}
        for name, value in sorted(self._module().state_dict().items()):
            normal = torch.from_numpy(generator.standard_normal(tuple(value.shape)))
            state[name] = normal / value.shape[-1] ** 0.5 if value.dim() > 1 else 0.3 * normal
        return replace(self, state=state)

    def ours(self) -> torch.nn.Module:
        """The same module on our side, in float64 and eval mode, to compute what is expected.

        Of a `Classifier`, nested or not, the linear map: it is given rows of mean 0 and deviation 1.
        """
        module = self._module().double().eval()
        module.load_state_dict(self.state or {}, strict=self.state is not None)
        return module

    def argument(self, writer: Writer) -> Given:
        """The wire form; the weights join `writer`'s payload."""
        dtype = torch.float64 if self.double else torch.float32
        state = {name: writer.tensor(value.to(dtype)) for name, value in (self.state or {}).items()}
        attributes = {name: writer.value(value) for name, value in self.attributes.items()}
        kwargs = {name: writer.value(value) for name, value in self._options().items()}
        return Given(self.kind, [writer.value(size) for size in self.sizes], kwargs, state, attributes)

    def _module(self) -> torch.nn.Module:
        if self.kind == "NestedClassifier":
            numbers, classes = self.sizes
            return torch.nn.Sequential(OrderedDict(inside=torch.nn.Linear(numbers, classes)))
        kind = "Linear" if self.kind == "Classifier" else self.kind
        made = getattr(torch.nn, kind)(*self.sizes, **self._options())
        assert isinstance(made, torch.nn.Module)
        return made

    def _options(self) -> dict[str, bool]:
        return {"batch_first": True} if self.kind in ("RNN", "GRU") else {}
