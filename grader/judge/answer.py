"""What comes back from the student's side: answers, gradients, recordings; what to say if none does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from grader.judge.finding import Finding
from grader.record import Fact, Where
from grader.wire.frames import WireError
from grader.wire.replies import Event, Failed, Outcome, Raised, Reply, Results, Returned
from grader.wire.tensors import Reader
from grader.wire.values import Other

_LONGEST_LINE = 300


@dataclass(frozen=True)
class Answer:
    """What one call gave: a value, or the exception that student code raised."""

    name: str
    value: Any
    error: Raised | None
    mutated: list[int]

    def get(self) -> Any:
        """The value. Raises `call.failed` where the call raised."""
        if self.error is not None:
            raise failure(self.error, self.name)
        return self.value

    def untouched(self, names: Sequence[str]) -> None:
        """Raises `input.mutated` where the call changed one of its arguments, which go by these `names`, and
        `reply.malformed` where it is said to have changed one that there is not."""
        if self.mutated:
            facts: dict[str, Fact] = {"name": self.name}
            if not all(0 <= position < len(names) for position in self.mutated):
                detail = "an argument is said to be changed that was not given"
                raise Finding("reply.malformed", facts={**facts, "detail": detail}, about=self.name)
            facts["argument"] = names[self.mutated[0]]
            raise Finding("input.mutated", facts=facts, about=self.name)

    @property
    def single(self) -> bool:
        """Whether a float64 tensor of it was computed in float32: each of its numbers is one of float32, and
        not all are whole."""
        if self.error is not None:
            return False
        parts = self.value if isinstance(self.value, (tuple, list)) else [self.value]
        return any(
            isinstance(part, torch.Tensor)
            and part.dtype is torch.float64
            and torch.equal(part, part.float().double())
            and not torch.equal(part, part.round())
            for part in parts
        )

    @property
    def rounded(self) -> bool:
        """Whether a tensor of it is float32."""
        parts = self.value if isinstance(self.value, (tuple, list)) else [self.value]
        return any(isinstance(part, torch.Tensor) and part.dtype is torch.float32 for part in parts)

    def tensor(self, index: int | None = None) -> torch.Tensor:
        """The value as a tensor: the first of a tuple or list (or the one at `index`).

        Raises `reply.malformed` (fact `type`) where none is there.
        """
        value = self.get()
        if index is not None and isinstance(value, (tuple, list)) and index < len(value):
            value = value[index]
        while index is None and isinstance(value, (tuple, list)) and value:
            value = value[0]
        if not isinstance(value, torch.Tensor):
            kind = value.type if isinstance(value, Other) else type(value).__name__
            raise Finding(
                "reply.malformed", facts={"name": self.name, "type": kind, "detail": ""}, about=self.name
            )
        return value


@dataclass(frozen=True)
class Gradients:
    """Gradients by parameter (None: none came) and by tensor argument, and the output they belong to."""

    output: Any
    parameters: dict[str, torch.Tensor | None]
    inputs: list[torch.Tensor | None]
    product: torch.Tensor | None


@dataclass(frozen=True)
class Seen:
    """One recorded call of a module or function: inputs and output decoded."""

    role: str
    name: str
    type: str
    inputs: list[Any]
    output: Any


class Reading:
    """Turns an unreadable payload into the finding that it is."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if isinstance(error, WireError):
            raise Finding("reply.malformed", facts={"name": self._name, "detail": str(error)}) from error


def read_results(reply: Reply, reader: Reader, count: int, name: str) -> list[Answer]:
    """The answers of a `Results` reply. Raises what a `Failed` reply says, or `reply.malformed`."""
    if not isinstance(reply, Results) or len(reply.outcomes) != count:
        raise unfit(reply, name)
    return read_outcomes(reply.outcomes, reader, name)


def read_outcomes(outcomes: Sequence[Outcome], reader: Reader, name: str) -> list[Answer]:
    """One answer per outcome. Raises `reply.malformed` where a value cannot be read."""
    with Reading(name):
        return [
            Answer(name, reader.value(outcome.value), None, outcome.mutated)
            if isinstance(outcome, Returned)
            else Answer(name, None, outcome, [])
            for outcome in outcomes
        ]


def fit(gradients: Mapping[str, torch.Tensor | None], weights: Mapping[str, torch.Tensor], name: str) -> None:
    """Gradients are real numbers, as many as the weights of their name. Finding: reply.malformed."""
    for of, gradient in gradients.items():
        if gradient is None:
            continue
        if gradient.shape != weights.get(of, gradient).shape or not gradient.is_floating_point():
            facts = {"name": name, "detail": f"the gradient of {of} is not that of this weight"}
            raise Finding("reply.malformed", facts=facts, about=name)


def read_event(event: Event, reader: Reader) -> Seen:
    return Seen(
        event.role,
        event.name,
        event.type,
        [reader.value(v) for v in event.inputs],
        reader.value(event.output),
    )


def unfit(reply: Reply, name: str) -> Finding:
    """The finding of a reply that is not of the kind that was asked for."""
    if isinstance(reply, Failed):
        return failure(reply.error, name)
    return Finding("reply.malformed", facts={"name": name, "detail": "the reply does not fit the question"})


def failure(error: Raised, name: str) -> Finding:
    """What an exception of student code is called, with the student's own line if the guest told it."""
    where = None
    if error.frames:
        last = error.frames[-1]
        where = Where(max(last.cell, 1), max(last.line, 1), [last.text[:_LONGEST_LINE]], 0)
    facts = {"name": name, "type": error.type, "message": error.message}
    if error.type == "Missing":
        return Finding("name.missing", facts={"name": name, "near": ""})
    # Torch raises the same type where a kernel lacks a dtype; that is no blank.
    if error.type == "NotImplementedError" and "not implemented for '" not in error.message:
        return Finding("notebook.not_attempted", facts=facts, about=name, where=where)
    return Finding("call.failed", facts=facts, about=name, where=where)
