"""A student's model as a check sees it: a recipe that the guest builds afresh for every request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import torch

from grader.judge.answer import (
    Answer,
    Gradients,
    Reading,
    Seen,
    fit,
    read_event,
    read_outcomes,
    read_results,
    unfit,
)
from grader.judge.crossing import built
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.supplied import Supplied
from grader.judge.weighing import weights_for
from grader.wire.frames import MAX_PAYLOAD
from grader.wire.replies import Described, Differentiated, Observed, Reply, Trained
from grader.wire.requests import Call, Case, Describe, Differentiate, Lab, Observe, Request, Train
from grader.wire.tensors import Reader, Writer
from grader.wire.values import Built, Given, Tensor

if TYPE_CHECKING:
    from grader.judge.student import Student

DTYPE_ERROR = re.compile(r"dtype|scalar type|Float|Double|double|float", re.IGNORECASE)
Mode = Literal["eval", "train", "as_is"]
Role = Literal["recurrent", "linear", "embedding", "convolution"]


@dataclass(frozen=True)
class Model:
    """`name(*args, **kwargs)`, with `weights` loaded if given; immutable, cheap, asks nothing by itself.
    A `stand_in` takes the model's place: a module of ours, under the student's name for it. `first`: see
    `Student.reading`."""

    student: Student
    name: str
    args: Sequence[Any]
    kwargs: dict[str, Any]
    weights: dict[str, torch.Tensor] | None = None
    double: bool = True
    stand_in: Supplied | None = None
    first: tuple[Any, ...] = ()

    def __call__(self, *args: Any) -> Any:
        """The value of one call in eval mode. Raises `call.failed` where student code raises."""
        return self.run([args])[0].get()

    def run(
        self,
        cases: Sequence[Sequence[Any]],
        *,
        seeds: Sequence[int] | None = None,
        mode: Mode = "eval",
        quiet: bool = True,
        fresh: bool = True,
        grad: bool = False,
        method: str | None = None,
        variants: Sequence[Mapping[str, torch.Tensor]] = (),
    ) -> list[Answer]:
        """One answer per tuple of arguments, in one message; floating tensors in this model's precision.
        All once more under each of `variants`: weights in place of those of the same names."""
        writer = Writer(MAX_PAYLOAD)
        sown = [0] * len(cases) if seeds is None else seeds
        written = [Case(self._arguments(a, writer), seed=seed) for a, seed in zip(cases, sown, strict=True)]
        lab = Lab(mode, self.double, quiet, fresh, grad)
        varied = [self._weights(writer, weights) for weights in variants]
        request = Call(self.target(writer), written, lab, method, self._weights(writer), varied)
        reply, reader = self._ask(request, writer)
        given = list(cases) * (1 + len(variants))
        answers = read_results(reply, reader, len(given), self.name)
        return [self._seen(answer, args) for answer, args in zip(answers, given, strict=True)]

    def _seen(self, answer: Answer, args: Sequence[Any]) -> Answer:
        """What of an answer to `args` is looked at."""
        return answer

    def settled(self, *args: Any) -> Model:
        """This model in float64 where it can compute so on `args`, else in float32.

        An answer in float32, which is rounded then, retreats to float32, and so does an error that speaks of
        dtypes; any other stands for itself later.
        """
        known = self.student._known
        if not self.double or known.is_precise(self.name):
            return self
        try:
            (answer,) = self.run([args])
        except Finding as finding:
            message = str(finding.facts.get("message", ""))
        else:
            message = "" if answer.error is None else answer.error.message
            if answer.rounded:
                return replace(self, double=False)
            if answer.error is None:
                known.found_precise(self.name)
        return replace(self, double=False) if DTYPE_ERROR.search(message) else self

    def describe(self, *, seed: int = 0) -> Described:
        """Parameters, buffers and submodules. Raises `call.failed` where the model cannot be built."""
        reply, _ = self._described(seed, values=False)
        return reply

    def values(self, *, seed: int = 0) -> dict[str, torch.Tensor]:
        """Parameters as the constructor leaves them, by name. Raises as `describe` does."""
        reply, reader = self._described(seed, values=True)
        with Reading(self.name):
            return {
                e.name: reader.tensor(e.value) for e in reply.entries if e.value is not None and not e.buffer
            }

    def _described(self, seed: int, *, values: bool) -> tuple[Described, Reader]:
        writer = Writer(MAX_PAYLOAD)
        request = Describe(self.target(writer), Lab(double=False), seed, values)
        reply, reader = self._ask(request, writer)
        if not isinstance(reply, Described):
            raise unfit(reply, self.name)
        return reply, reader

    def drawn(self, draw: Draw, purpose: str = "weights") -> Model:
        """This model with fresh weights, see `weighing.weights_for`; buffers keep."""
        entries = self.describe().entries
        return replace(self, weights=weights_for(entries, draw(purpose), self.name))

    def gradients(
        self,
        *args: Any,
        cotangents: Sequence[torch.Tensor],
        mode: Mode = "train",
        tangents: Sequence[torch.Tensor] = (),
    ) -> Gradients:
        """Gradients of sum(output * cotangent) over the output's tensors in order.

        Raises `reply.malformed` where a gradient has not the shape of the weight that was given.
        """
        writer = Writer(MAX_PAYLOAD)
        request = Differentiate(
            self.target(writer),
            Case(self._arguments(args, writer)),
            self._of_answers(cotangents, writer),
            Lab(mode, self.double, grad=True),
            self._weights(writer),
            [writer.tensor(t) for t in tangents],
        )
        reply, reader = self._ask(request, writer)
        if not isinstance(reply, Differentiated):
            raise unfit(reply, self.name)
        with Reading(self.name):
            parameters = {n: None if g is None else reader.tensor(g) for n, g in reply.parameters.items()}
            fit(parameters, self.weights or {}, self.name)
            return Gradients(
                reader.value(reply.output),
                parameters,
                [None if g is None else reader.tensor(g) for g in reply.inputs],
                None if reply.product is None else reader.tensor(reply.product),
            )

    def observe(
        self, *args: Any, roles: Sequence[Role], functions: Sequence[str] = (), mode: Mode = "eval"
    ) -> tuple[Answer, list[Seen]]:
        """One call and what the modules of these roles were given and returned, in order."""
        writer = Writer(MAX_PAYLOAD)
        case = Case(self._arguments(args, writer))
        lab = Lab(mode, self.double, True)
        request = Observe(self.target(writer), case, list(roles), list(functions), lab, self._weights(writer))
        reply, reader = self._ask(request, writer)
        if not isinstance(reply, Observed):
            raise unfit(reply, self.name)
        with Reading(self.name):
            events = [read_event(event, reader) for event in reply.events]
        (answer,) = read_outcomes([reply.outcome], reader, self.name)
        return answer, events

    def trained(
        self,
        batches: Sequence[Sequence[Any]],
        labels: Sequence[torch.Tensor],
        *,
        epochs: int,
        learning_rate: float,
        then: Sequence[Sequence[Any]],
        seed: int,
    ) -> tuple[list[float], list[Answer]]:
        """Losses of our own training loop (Adam, cross-entropy, from this model's weights where it has any)
        and the answers of the trained model in eval mode to `then`; float32."""
        writer = Writer(MAX_PAYLOAD)
        single = replace(self, double=False)
        request = Train(
            self.target(writer),
            [Case(single._arguments(args, writer)) for args in batches],
            [writer.tensor(label) for label in labels],
            epochs,
            learning_rate,
            [Case(single._arguments(args, writer)) for args in then],
            seed,
            single._weights(writer),
        )
        reply, reader = self._ask(request, writer)
        if not isinstance(reply, Trained) or len(reply.outcomes) != len(then):
            raise unfit(reply, self.name)
        return reply.losses, read_outcomes(reply.outcomes, reader, self.name)

    def target(self, writer: Writer) -> Built | Given:
        """The recipe in wire form; its arguments join `writer`'s payload."""
        if self.stand_in is not None:
            return self.stand_in.argument(writer)
        return built(self.name, self.args, self.kwargs, writer, self.first)

    def argument(self, writer: Writer) -> Built | Given:
        """The recipe with its weights, for a call that is given this model."""
        if self.stand_in is not None:
            return replace(self.stand_in, state=self.weights, double=self.double).argument(writer)
        return msgspec.structs.replace(self.target(writer), weights=self._weights(writer))

    def _arguments(self, args: Sequence[Any], writer: Writer) -> list[Any]:
        return [writer.value(self._cast(a)) for a in args]

    def _cast(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            return value.to(torch.float64 if self.double else torch.float32)
        if isinstance(value, (tuple, list)):
            return type(value)(self._cast(v) for v in value)
        return value

    def _weights(self, writer: Writer, others: Mapping[str, torch.Tensor] | None = None) -> dict[str, Tensor]:
        weights = (self.weights or {}) if others is None else others
        # How large these are the student decides, so that too large for a message is no fault of ours.
        with Reading(self.name):
            return {name: writer.tensor(self._cast(value)) for name, value in weights.items()}

    def _of_answers(self, values: Sequence[torch.Tensor], writer: Writer) -> list[Tensor]:
        with Reading(self.name):  # as large as the answers
            return [writer.tensor(value) for value in values]

    def _ask(self, request: Request, writer: Writer) -> tuple[Reply, Reader]:
        return self.student._ask(request, bytes(writer.payload), about=self.name)
