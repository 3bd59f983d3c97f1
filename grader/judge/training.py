"""A student's own training function as a check sees it: what it gave, and what it did to the weights."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from grader.judge.answer import Answer, Reading, read_outcomes, unfit
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.student import Handle
from grader.judge.supplied import Supplied
from grader.record import Fact
from grader.wire.cases import Case
from grader.wire.fitting import Fit, Fitted, ModelCall, Run, Step
from grader.wire.frames import MAX_PAYLOAD
from grader.wire.tensors import Reader, Writer
from grader.wire.values import Named, Other

_WANTS_ARRAY = re.compile(r"expected np\.ndarray \(got Tensor\)|'Tensor' object has no attribute 'astype'")


@dataclass(frozen=True)
class Moved:
    """A parameter before and after training."""

    name: str
    before: torch.Tensor
    after: torch.Tensor
    trainable: bool
    held: bool
    """Whether an optimiser that made a step holds it, as the guest says."""

    @property
    def moved(self) -> bool:
        return not torch.equal(self.before, self.after)


@dataclass(frozen=True)
class Told:
    """A call of the model in training: what went in, what came out, and the loss's gradient at the output."""

    input: Any
    output: torch.Tensor
    gradient: torch.Tensor | None
    training: bool


@dataclass(frozen=True)
class Trained:
    """One run of the training function: its answer, the weights, and what was recorded on the way."""

    answer: Answer
    weights: list[Moved]
    steps: list[Step]
    passes: int
    calls: list[Told]
    then: list[Answer]
    redrawn: list[Answer]
    """As `then`, after all weights of the trained model were replaced by normal numbers."""
    looks: int
    """Calls of modules in evaluation mode or without gradients, as the guest says."""

    def losses(self) -> list[float]:
        """What the function returned, as numbers. Raises `call.failed`, or `reply.malformed` for no list.

        Tensors of one number, arrays and tuples count as well.
        """
        value = self.answer.get()
        found = self.numbers()
        if found is None:
            kind = value.type if isinstance(value, Other) else type(value).__name__
            wanted: dict[str, Fact] = {"wanted": "list[float]", "got": kind}
            facts = {"name": self.answer.name, "detail": "", **wanted}
            raise Finding("reply.malformed", facts=facts, about=self.answer.name)
        return found

    def numbers(self) -> list[float] | None:
        """The list of numbers that came back; None where something else did."""
        return _numbers(self.answer.value)


@dataclass(frozen=True)
class Trainer:
    """`handle(*args)` for each tuple of arguments, models among them built afresh; asks nothing by itself."""

    handle: Handle

    @property
    def name(self) -> str:
        return self.handle.name

    def run(
        self,
        cases: Sequence[Sequence[Any]],
        *,
        seeds: Sequence[int] | None = None,
        then: Sequence[Sequence[Any]] = (),
        calls: int = 0,
        redraw: bool = False,
    ) -> list[Trained]:
        """One training per tuple of arguments, all in float32 and in one message.

        `then` is asked of each trained model in eval mode, with `redraw` also under untrained weights;
        `calls` of its own calls are kept. Where torch says that it expected an array, tensors go as arrays.
        """
        self.handle.callable()
        seeds = [0] * len(cases) if seeds is None else seeds
        runs = self._asked(cases, seeds, then, calls, redraw)
        if not all(run.answer.error and _WANTS_ARRAY.search(run.answer.error.message) for run in runs):
            return runs
        return self._asked([_arrays(args) for args in cases], seeds, then, calls, redraw)

    def _asked(
        self,
        cases: Sequence[Sequence[Any]],
        seeds: Sequence[int],
        then: Sequence[Sequence[Any]],
        calls: int,
        redraw: bool,
    ) -> list[Trained]:
        writer = Writer(MAX_PAYLOAD)
        request = Fit(
            Named(self.name),
            [
                Case(self.handle.written(single(args), writer), seed=seed)
                for args, seed in zip(cases, seeds, strict=True)
            ],
            [Case(self.handle.written(single(args), writer)) for args in then],
            calls,
            redraw=redraw,
        )
        reply, reader = self.handle.student._ask(request, bytes(writer.payload), about=self.name)
        if not isinstance(reply, Fitted) or len(reply.runs) != len(cases):
            raise unfit(reply, self.name)
        with Reading(self.name):
            return [_read(run, reader, self.name) for run in reply.runs]


def drawn(args: Sequence[Any], draw: Draw) -> list[Any]:
    """The arguments with fresh weights in every model among them."""
    return [value.drawn(draw) if isinstance(value, (Model, Supplied)) else value for value in args]


def single(args: Sequence[Any]) -> list[Any]:
    """The arguments in float32: models, and tensors of real numbers."""
    return [
        replace(value, double=False)
        if isinstance(value, (Model, Supplied))
        else value.float()
        if isinstance(value, torch.Tensor) and value.is_floating_point()
        else value
        for value in args
    ]


def _arrays(args: Sequence[Any]) -> list[Any]:
    return [value.numpy() if isinstance(value, torch.Tensor) else value for value in single(args)]


def _read(run: Run, reader: Reader, name: str) -> Trained:
    (answer,) = read_outcomes([run.outcome], reader, name)
    weights = [
        Moved(w.name, reader.tensor(w.before), reader.tensor(w.after), w.trainable, w.held)
        for w in run.weights
    ]
    calls = [_told(call, reader, name) for call in run.calls]
    then = read_outcomes(run.answers, reader, name)
    redrawn = read_outcomes(run.redrawn, reader, name)
    return Trained(answer, weights, run.steps, run.passes, calls, then, redrawn, run.looks)


def _told(call: ModelCall, reader: Reader, name: str) -> Told:
    output = reader.tensor(call.output)
    gradient = None if call.gradient is None else reader.tensor(call.gradient)
    if gradient is not None and gradient.shape != output.shape:
        raise Finding(
            "reply.malformed", facts={"name": name, "detail": "the reply does not fit the question"}
        )
    return Told(reader.value(call.input), output, gradient, call.training)


def _numbers(value: Any) -> list[float] | None:
    if isinstance(value, (torch.Tensor, np.ndarray)) and value.ndim == 1:
        value = value.tolist()
    if not isinstance(value, (list, tuple)) or not value:
        return None
    found = []
    for item in value:
        if isinstance(item, (torch.Tensor, np.ndarray)) and math.prod(item.shape) == 1:
            item = item.item()
        if isinstance(item, bool) or not isinstance(item, (int, float)):
            return None
        found.append(float(item))
    return found
