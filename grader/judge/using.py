"""A function of the notebook that is given a model: what came back, and how the model was used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.judge.answer import Answer, Reading, read_outcomes, unfit
from grader.judge.student import Handle
from grader.judge.training import single
from grader.wire.cases import Case
from grader.wire.frames import MAX_PAYLOAD
from grader.wire.tensors import Writer
from grader.wire.using import Use, Used
from grader.wire.values import Named


@dataclass(frozen=True)
class Observation:
    """One call of the function: its answer, the first tensors that the model was given and the mode it was
    in each time, and whether it was left in training mode, and then each module inside it."""

    answer: Answer
    inputs: list[Any]
    modes: list[bool]
    left_training: list[bool]


def used(
    handle: Handle, cases: Sequence[Sequence[Any]], *, training: bool, calls: int = 0
) -> list[Observation]:
    """`handle(*args)` for each tuple of arguments, whose models are in training mode where `training` is set.

    All in float32 and in one message. `calls` of a model's calls are kept.
    """
    handle.require()
    writer = Writer(MAX_PAYLOAD)
    request = Use(
        Named(handle.name),
        [Case(handle.written(single(args), writer)) for args in cases],
        training,
        calls,
    )
    reply, reader = handle.student._ask(request, bytes(writer.payload), about=handle.name)
    if not isinstance(reply, Used) or len(reply.usages) != len(cases):
        raise unfit(reply, handle.name)
    answers = read_outcomes([usage.outcome for usage in reply.usages], reader, handle.name)
    with Reading(handle.name):
        return [
            Observation(
                answer,
                [reader.value(call.input) for call in usage.calls],
                [call.training for call in usage.calls],
                usage.left,
            )
            for answer, usage in zip(answers, reply.usages, strict=True)
        ]
