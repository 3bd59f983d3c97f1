"""Functions of the notebook called on an encoder and a decoder, and what the guest heard of the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import torch

from grader.judge.answer import Answer, Reading, read_outcomes, unfit
from grader.judge.finding import Finding
from grader.judge.student import Handle
from grader.judge.training import single
from grader.wire.frames import MAX_PAYLOAD
from grader.wire.rehearsing import Act, Heard, Recital, Rehearse, Rehearsed, Script
from grader.wire.tensors import Reader, Writer
from grader.wire.values import Tensor

UNKNOWN = -1
"""In place of a token that went in as something else than a number."""


@dataclass(frozen=True)
class Turn:
    """One call of the encoder or the decoder, as the guest tells it: see `grader.wire.rehearsing.Heard`.

    given, left: states as one row of float32; loss: (rows, words), the gradient of the loss at its scores.
    """

    by: Literal["encoder", "decoder"]
    tokens: list[int]
    given: torch.Tensor | None
    left: torch.Tensor | None
    bound: bool
    reached: bool
    loss: torch.Tensor | None


@dataclass(frozen=True)
class Part:
    """One call to come: `handle(*before, *cast, *rest, **named)`."""

    handle: Handle
    before: Sequence[Any]
    rest: Sequence[Any] = ()
    named: Mapping[str, Any] = field(default_factory=dict)
    scripts: Sequence[Script] = ()
    seed: int = 0
    calls: int = 0
    stop: int = 100_000


@dataclass(frozen=True)
class Performance:
    """What one part gave, and what was heard of encoder and decoder meanwhile, in order."""

    answer: Answer
    turns: list[Turn]


def rehearse(cast: Sequence[Any], parts: Sequence[Part]) -> list[Performance]:
    """Every part in turn on one cast (encoder and decoder last), made once.

    Models are in float32. Raises `reply.malformed`, or what making the cast raised.
    """
    performances, _ = recited(cast, parts, None)
    return performances


def recited(
    cast: Sequence[Any], parts: Sequence[Part], recital: Recital | None
) -> tuple[list[Performance], list[Answer]]:
    """As `rehearse`, and what the two networks say to each sentence of the recital afterwards, as numbers."""
    for part in parts:
        part.handle.callable()
    student, name = parts[0].handle.student, parts[0].handle.name
    writer = Writer(MAX_PAYLOAD)
    acts = []
    for part in parts:
        named = part.handle.written(list(part.named.values()), writer)
        acts.append(
            Act(
                part.handle.name,
                part.handle.written(part.before, writer),
                part.handle.written(part.rest, writer),
                dict(zip(part.named, named, strict=True)),
                list(part.scripts),
                part.seed,
                part.calls,
                part.stop,
            )
        )
    request = Rehearse(parts[0].handle.written(single(cast), writer), acts, recital)
    reply, reader = student._ask(request, bytes(writer.payload), about=name)
    if not isinstance(reply, Rehearsed) or len(reply.acts) != len(parts):
        raise unfit(reply, name)
    performances = []
    for part, played in zip(parts, reply.acts, strict=True):
        (answer,) = read_outcomes([played.outcome], reader, part.handle.name)
        if len(played.heard) > part.calls:
            raise _unfit(part.handle.name)
        with Reading(part.handle.name):
            turns = [_turn(heard, reader, part.handle.name) for heard in played.heard]
        performances.append(Performance(answer, turns))
    if len(reply.recited) != len(recital.sentences if recital else []):
        raise _unfit(name)
    return performances, read_outcomes(reply.recited, reader, name)


def _turn(heard: Heard, reader: Reader, name: str) -> Turn:
    given, left, loss = (
        None if header is None else _checked(header, reader, name)
        for header in (heard.given, heard.left, heard.loss)
    )
    rows = None if loss is None or not loss.dim() else loss.reshape(-1, max(loss.shape[-1], 1))
    return Turn(
        heard.by,
        heard.tokens or [UNKNOWN],
        None if given is None else given.flatten(),
        None if left is None else left.flatten(),
        heard.bound,
        heard.reached,
        rows,
    )


def _checked(header: Tensor, reader: Reader, name: str) -> torch.Tensor:
    tensor = reader.tensor(header)
    if not tensor.is_floating_point() or not tensor.numel():
        raise _unfit(name)
    return tensor.float()


def _unfit(name: str) -> Finding:
    facts = {"name": name, "detail": "the reply does not fit the question"}
    return Finding("reply.malformed", facts=facts, about=name)
