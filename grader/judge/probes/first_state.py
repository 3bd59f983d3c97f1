"""What a built-in recurrent layer is given before its first step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch

from grader.judge.answer import Seen
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.record import Fact


def begins_with_zeros(model: Model, draw: Draw, inputs: Sequence[torch.Tensor]) -> None:
    """No recurrent layer of `model(*inputs)` begins with the same numbers each time that are not all 0.

    Two observations, with other weights and with the batch the other way round. A first state that differs
    between them is learned, or made of something that was read, and is not looked at; no more is one of
    layers by hand. Tolerance: none. Raises `state.not_zero` (facts `name`, `value`).
    """
    turned = [part.flip(0) for part in inputs]
    first = _given(model.drawn(draw, "weights"), inputs)
    again = _given(model.drawn(draw, "other weights"), turned)
    for place in first.keys() & again.keys():
        for one, other in zip(first[place], again[place], strict=False):
            if torch.equal(one, other) and bool(one.any()):
                facts: dict[str, Fact] = {"name": model.name, "value": float(one[one != 0].flatten()[0])}
                raise Finding("state.not_zero", facts=facts, about=model.name)


def _given(model: Model, inputs: Sequence[torch.Tensor]) -> dict[str, list[torch.Tensor]]:
    """By layer: the states that its first call was given."""
    answer, events = model.settled(*inputs).observe(*inputs, roles=["recurrent"])
    answer.get()
    given: dict[str, list[torch.Tensor]] = {}
    for event in events:
        given.setdefault(event.name, list(_states(event)))
    return given


def _states(event: Seen) -> Iterator[torch.Tensor]:
    for state in event.inputs[1:]:
        for part in state if isinstance(state, tuple | list) else [state]:
            if isinstance(part, torch.Tensor):
                yield part
