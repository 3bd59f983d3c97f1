"""What a live notebook and its judge say to each other, and a judge to a guest without forks.

The notebook's side sends a `Job`; the judge asks (`Ask`) until it has seen enough and then shows (`Show`).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from grader.wire.message import Int, Message, decoded

Way = Literal["snapshot", "copies"]
Why = Literal["", "system", "cuda", "threads", "trial", "place"]
"""Why copies and no snapshot: no safe fork here, a GPU in use, threads of the notebook's, a fork that did
not come to life, not asked from the main thread."""


class Job(Message, frozen=True, tag="job"):
    """What to check, and where: names are the notebook's own; notebook is its path where the front end tells.

    check, lesson: as the student gave them, or None. host: process id of the fork that answers, 0 for
    copies, where the notebook's own process does.
    """

    check: str | None
    lesson: str | None
    lang: str
    all: bool
    names: list[str]
    notebook: str | None
    folder: str
    way: Way
    why: Why
    host: Int = 0
    width: Int = 80


class Ask(Message, frozen=True, tag="ask"):
    """A request: its header in the first `size` bytes of the payload, its own payload after it."""

    size: Int
    seconds: float


class Answer(Message, frozen=True, tag="answer"):
    """The reply to an `Ask`, in the same form."""

    size: Int


class Late(Message, frozen=True, tag="late"):
    """In place of an answer: the student's code ran for its `seconds` and was stopped."""

    seconds: float


class Show(Message, frozen=True, tag="show"):
    """What to show, in the payload as a JSON object of MIME type to text. `passed`: every check did."""

    passed: bool


class Ready(Message, frozen=True, tag="ready"):
    """The first word of a process that waits for work. `again`: it takes more than one job."""

    again: bool


Said = Job | Ask | Answer | Late | Show | Ready

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Said] = msgspec.json.Decoder(Said)


def encode(message: Said) -> bytes:
    return _ENCODER.encode(message)


def decode(header: bytes) -> Said:
    """Raises `Malformed`."""
    return decoded(_DECODER, header, "message of a live notebook")


def together(header: bytes, payload: bytes | bytearray) -> tuple[int, bytes]:
    """The size and the payload of an `Ask` or an `Answer`."""
    return len(header), header + bytes(payload)


def apart(size: int, payload: bytes) -> tuple[bytes, bytes]:
    """Header and payload that an `Ask` or an `Answer` carries."""
    return payload[:size], payload[size:]
