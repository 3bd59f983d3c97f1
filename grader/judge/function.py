"""A function of the notebook in the laboratory: asked many cases at once, some arguments fixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from grader.judge.answer import Answer, Gradients, Seen, failure
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import DTYPE_ERROR, Model
from grader.judge.student import Handle
from grader.judge.supplied import Supplied
from grader.wire.frames import MAX_PAYLOAD, WireError
from grader.wire.replies import Differentiated, Failed, Observed, Returned
from grader.wire.requests import Case, Differentiate, Lab, Observe
from grader.wire.tensors import Reader, Writer
from grader.wire.values import Named


@dataclass(frozen=True)
class Function:
    """`handle(*before, *args, **named)` for each tuple of arguments; immutable, asks nothing by itself.

    `before` may hold `Model`s and `Supplied` modules; `drawn` gives them weights. Floating tensors go in
    this function's precision.
    """

    handle: Handle
    before: tuple[Any, ...] = ()
    double: bool = True
    named: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.handle.name

    def drawn(self, draw: Draw) -> Function:
        """This function with fresh weights in every module that it is given."""
        fresh = [v.drawn(draw) if isinstance(v, (Model, Supplied)) else v for v in self.before]
        return replace(self, before=tuple(fresh))

    def run(
        self,
        cases: Sequence[Sequence[Any]],
        *,
        seeds: Sequence[int] | None = None,
        quiet: bool = True,
    ) -> list[Answer]:
        """One answer per tuple of arguments, in one message. One seed holds for all cases."""
        lab = Lab("eval", self.double, quiet)
        written = [self._all(args) for args in cases]
        return self.handle.calls(written, seed=(seeds or [0])[0], lab=lab, **self.named)

    def settled(self, *args: Any) -> Function:
        """This function in float64 where it can compute so on `args`, else in float32: also where it casts
        inside and hands back a float64 tensor of rounded numbers."""
        known = self.handle.student._known
        if not self.double or known.is_precise(self.name):
            return self
        try:
            (answer,) = self.run([args])
        except Finding as finding:
            message, single = str(finding.facts.get("message", "")), False
        else:
            message, single = "" if answer.error is None else answer.error.message, answer.single
            if answer.error is None and not single:
                known.found_precise(self.name)
        return replace(self, double=False) if single or DTYPE_ERROR.search(message) else self

    def gradients(self, *args: Any, cotangents: Sequence[torch.Tensor]) -> Gradients:
        """Gradients of sum(output * cotangent) by tensor argument.

        Raises `call.failed` where the call or its backward raises.
        """
        writer = Writer(MAX_PAYLOAD)
        request = Differentiate(
            Named(self.name),
            self._case(args, writer),
            [writer.tensor(c) for c in cotangents],
            Lab("eval", self.double, grad=True),
        )
        reply, reader = self.handle.student._ask(request, bytes(writer.payload), about=self.name)
        if isinstance(reply, Failed):
            raise failure(reply.error, self.name)
        if not isinstance(reply, Differentiated):
            raise self._malformed("the reply does not fit the question")
        try:
            inputs = [None if g is None else reader.tensor(g) for g in reply.inputs]
            return Gradients(reader.value(reply.output), {}, inputs, None)
        except WireError as error:
            raise self._malformed(str(error)) from error

    def observe(self, *args: Any, functions: Sequence[str]) -> tuple[Answer, list[Seen]]:
        """One call, and the calls of these functions of torch inside it."""
        writer = Writer(MAX_PAYLOAD)
        case = self._case(args, writer)
        request = Observe(Named(self.name), case, [], list(functions), Lab("eval", self.double, True))
        reply, reader = self.handle.student._ask(request, bytes(writer.payload), about=self.name)
        if isinstance(reply, Failed):
            raise failure(reply.error, self.name)
        if not isinstance(reply, Observed):
            raise self._malformed("the reply does not fit the question")
        try:
            return self._observed(reply, reader)
        except WireError as error:
            raise self._malformed(str(error)) from error

    def _observed(self, reply: Observed, reader: Reader) -> tuple[Answer, list[Seen]]:
        events = [
            Seen(e.role, e.name, e.type, [reader.value(v) for v in e.inputs], reader.value(e.output))
            for e in reply.events
        ]
        if isinstance(reply.outcome, Returned):
            value = reader.value(reply.outcome.value)
            return Answer(self.name, value, None, reply.outcome.mutated), events
        return Answer(self.name, None, reply.outcome, []), events

    def _case(self, args: Sequence[Any], writer: Writer) -> Case:
        named = self.handle.written(list(self.named.values()), writer)
        written = self.handle.written(self._all(args), writer)
        return Case(written, dict(zip(self.named, named, strict=True)))

    def _all(self, args: Sequence[Any]) -> list[Any]:
        return [self._cast(value) for value in (*self.before, *args)]

    def _cast(self, value: Any) -> Any:
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            return value.to(torch.float64 if self.double else torch.float32)
        if isinstance(value, (Model, Supplied)):
            return replace(value, double=self.double)
        return value

    def _malformed(self, detail: str) -> Finding:
        return Finding("reply.malformed", facts={"name": self.name, "detail": detail}, about=self.name)
