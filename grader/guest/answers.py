"""One request in, one reply out: whatever student code does, an answer comes back."""

from __future__ import annotations

from typing import Any

from grader.guest import lab as laboratory
from grader.guest.calls import call, raised
from grader.guest.fitting import fit
from grader.guest.gradients import differentiate
from grader.guest.models import describe
from grader.guest.observing import observe
from grader.guest.rehearsing import rehearse
from grader.guest.remote import Objects, run, walk
from grader.guest.sources import quote
from grader.guest.targets import Targets
from grader.guest.training import train
from grader.guest.using import use
from grader.wire.frames import MAX_PAYLOAD
from grader.wire.replies import Failed, Reply, Seen
from grader.wire.requests import (
    Call,
    Describe,
    Differentiate,
    Fit,
    Look,
    Observe,
    Rehearse,
    Request,
    Run,
    Source,
    Train,
    Use,
    Walk,
)
from grader.wire.tensors import Reader, Writer


def answer(
    request: Request, payload: bytes, namespace: dict[str, Any], objects: Objects | None = None
) -> tuple[Reply, bytearray]:
    """The reply to `request` and its payload. Student exceptions become `Failed` or a case's `Raised`.

    `objects`: those of a conversation that goes on; without them every `Walk` begins one.
    """
    writer = Writer(MAX_PAYLOAD)
    try:
        if isinstance(request, Walk):
            return walk(request, Targets(namespace, Reader(b"")), payload, objects or Objects())
        return _reply(request, Reader(payload), writer, namespace), writer.payload
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return Failed(raised(error), laboratory.state()), bytearray()


def _reply(request: Request, reader: Reader, writer: Writer, namespace: dict[str, Any]) -> Reply:
    targets = Targets(namespace, reader)
    match request:
        case Look(names):
            return Seen([targets.look(name) for name in names], laboratory.state())
        case Call():
            return call(request, targets, reader, writer)
        case Describe():
            return describe(request, targets, writer)
        case Differentiate():
            return differentiate(request, targets, reader, writer)
        case Observe():
            return observe(request, targets, reader, writer)
        case Train():
            return train(request, targets, reader, writer)
        case Fit():
            return fit(request, targets, reader, writer)
        case Rehearse():
            return rehearse(request, targets, writer)
        case Use():
            return use(request, targets, reader, writer)
        case Run():
            return run(request, namespace)
        case Source():
            return quote(request)
        case _:
            raise TypeError(type(request).__name__)
