"""One check's conversation with the notebook: test code on our side, the student's objects on theirs.

Values cross as what they are, everything else stays behind the wall and is held by a `Remote`. What is
asked goes to one snapshot of this check, so that an object remembers what was done with it.
"""

from __future__ import annotations

import builtins
import math
import operator
import random
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast

import numpy as np
import torch

from grader.judge.answer import failure, unfit
from grader.judge.finding import Finding
from grader.judge.left import LeftOtherwise, leave
from grader.judge.remote import Remote
from grader.judge.student import MOST_READS, Student
from grader.judge.thrown import thrown
from grader.wire.exact import ExactReader, ExactWriter
from grader.wire.frames import MAX_PAYLOAD, WireError
from grader.wire.remote import Gave, Generators, Step, Threw, Verb, Walk, Walked
from grader.wire.replies import Failed, Reply
from grader.wire.values import Kept, Known, Named, Value

_LIBRARIES = (torch, torch.nn, torch.nn.functional, torch.optim, np, builtins, operator, math)
_FINAL = ("notebook.not_attempted", "name.missing")
"""No test may take these for the exception that it expects: a blank would pass by raising."""


class Conversation:
    """`ended` is the finding after which nothing is answered any more, whatever the test makes of it."""

    def __init__(self, student: Student, seed: int) -> None:
        """seed: of the guest's generators at the first step"""
        self.student = student
        self.ended: Finding | None = None
        self.begun = False
        self._seed = seed
        self._stood: tuple[bytes, ...] | None = None
        self._about = ""

    def step(
        self,
        verb: Verb,
        of: Named | Kept,
        about: str,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """What the step gives. Arguments that it changes in place are changed here as well.

        Raises `Thrown` where student code raises, a `Finding` where no answer comes, and `TypeError` where an
        argument cannot cross.
        """
        if self.ended is not None:
            raise self.ended
        named = dict(kwargs or {})
        writer = ExactWriter(MAX_PAYLOAD, self._reference)
        step = Step(
            verb,
            of,
            [writer.value(value) for value in args],
            {name: writer.value(value) for name, value in named.items()},
            random=self._generators(writer),
        )
        request = Walk([step], not self.begun, self._seed)
        self.begun = True
        try:
            reply, data = self.student._asked(request, bytes(writer.payload), about=about)
        except Finding as finding:
            self.end(finding)
        self._about = about
        given = {str(at): value for at, value in enumerate(args)} | named
        return self._read(reply, data, given, about)

    def follow(self) -> None:
        """From now on the guest's generators go on from wherever ours have been put or drawn to."""
        self._stood = ()

    def _read(self, reply: Reply, data: bytes, given: Mapping[str, Any], about: str) -> Any:
        if isinstance(reply, Failed):
            self.end(failure(reply.error, about))
        if not isinstance(reply, Walked):
            self.end(unfit(reply, about))
        reader = ExactReader(data, self._found, most=MOST_READS * len(data))
        try:
            for name, value in reply.left.items():
                leave(given.get(name), reader.value(value))
            if isinstance(reply.outcome, Gave):
                return reader.value(reply.outcome.value)
        except WireError as error:
            self.end(Finding("reply.malformed", facts={"name": about, "detail": str(error)}, about=about))
        except LeftOtherwise:
            facts = {"name": about, "detail": "an argument was changed into something else"}
            self.end(Finding("reply.malformed", facts=facts, about=about))
        raise self._thrown(reply.outcome, about)

    def _thrown(self, outcome: Threw, about: str) -> Exception:
        if outcome.error.type == "ReplyError":
            detail = outcome.error.message
            self.end(Finding("reply.malformed", facts={"name": about, "detail": detail}, about=about))
        finding = self._missing(about) if outcome.error.type == "Missing" else failure(outcome.error, about)
        error = thrown(outcome.kinds, outcome.error.message, finding)
        if error is None or finding.code in _FINAL:
            self.end(finding)
        return error

    def _missing(self, name: str) -> Finding:
        seen = self.student._look(name)
        return Finding("name.missing", facts={"name": name, "near": seen.near[0] if seen.near else ""})

    def end(self, finding: Finding) -> NoReturn:
        self.ended = finding
        raise finding

    def _found(self, reference: Kept | Known) -> Remote:
        if isinstance(reference, Known):
            self.end(
                Finding(
                    "reply.malformed",
                    facts={"name": self._about, "detail": "a reference came where none may cross"},
                )
            )
        return Remote(self, reference, self._about)

    def _reference(self, value: Any) -> Value:
        if isinstance(value, Remote):
            return Kept(value.grader_held.number)
        name = getattr(value, "__name__", str(value).rpartition(".")[2])
        for library in _LIBRARIES:
            if isinstance(name, str) and getattr(library, name, None) is value:
                return Known(f"{library.__name__}.{name}")
        raise TypeError(
            f"A {type(value).__name__} of the test cannot be handed to the notebook: "
            "plain values, tensors and arrays can."
        )

    def _generators(self, writer: ExactWriter) -> Generators | None:
        """Where ours stand, where the guest's have to follow and stand elsewhere."""
        if self._stood is None:
            return None
        _, key, at, has, cached = cast(tuple[Any, ...], np.random.get_state(legacy=True))
        _, numbers, following = random.getstate()
        state = torch.default_generator.get_state()
        stand = (state.numpy().tobytes(), repr((key.tobytes(), at, has)).encode(), repr(numbers).encode())
        if stand == self._stood:
            return None
        self._stood = stand
        bytes_of_key = torch.from_numpy(np.ascontiguousarray(key, dtype=np.uint32).view(np.uint8))
        return Generators(
            writer.tensor(state),
            writer.tensor(bytes_of_key),
            (int(at), int(has), float(cached)),
            list(numbers),
            following,
        )
