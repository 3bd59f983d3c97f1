"""Replies that a guest may give to a request. Every one is a claim, checked before use."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import field

from grader.wire.fitting import Fitted as Fitted
from grader.wire.message import Int, Message, decoded
from grader.wire.outcomes import Frame as Frame
from grader.wire.outcomes import Outcome as Outcome
from grader.wire.outcomes import Raised as Raised
from grader.wire.outcomes import Returned as Returned
from grader.wire.outcomes import State as State
from grader.wire.rehearsing import Rehearsed as Rehearsed
from grader.wire.remote import Ran as Ran
from grader.wire.remote import Walked as Walked
from grader.wire.using import Used as Used
from grader.wire.values import Tensor, Value


class Results(Message, frozen=True, tag="results"):
    """One outcome per case."""

    outcomes: list[Outcome]
    state: State


class NameSeen(Message, frozen=True, tag="name"):
    """`near` are similar names that the notebook did define, nearest first."""

    name: str
    kind: Literal["missing", "function", "class", "module", "value"]
    type: str = ""
    near: list[str] = field(default_factory=list)


class Seen(Message, frozen=True, tag="seen"):
    names: list[NameSeen]
    state: State


class Entry(Message, frozen=True, tag="entry"):
    """A parameter or buffer; `owner` is the type of the module that holds it."""

    name: str
    shape: list[Int]
    dtype: str
    owner: str
    buffer: bool = False
    trainable: bool = True
    padding_index: Int | None = None
    value: Tensor | None = None


class Described(Message, frozen=True, tag="described"):
    """`unregistered` names modules or parameters kept where `parameters()` does not look."""

    type: str
    entries: list[Entry]
    modules: list[tuple[str, str]]
    """(name, type) of every submodule, in order."""
    unregistered: list[str]
    state: State


class Differentiated(Message, frozen=True, tag="gradients"):
    """`parameters`: gradient per name, None where none came. `inputs`: one per tensor argument, in order."""

    output: Value
    parameters: dict[str, Tensor | None]
    inputs: list[Tensor | None]
    product: Tensor | None
    state: State


class Event(Message, frozen=True, tag="event"):
    """One recorded call: the module's path or the function's name, its type, what went in and came out."""

    role: str
    name: str
    type: str
    inputs: list[Value]
    output: Value


class Observed(Message, frozen=True, tag="observed"):
    outcome: Outcome
    events: list[Event]
    state: State


class Trained(Message, frozen=True, tag="trained"):
    losses: list[float]
    outcomes: list[Outcome]
    state: State


class Quoted(Message, frozen=True, tag="quoted"):
    """`cell` counts code cells from 1; `line` is that of the first line in its cell, from 1."""

    name: str
    text: str
    cell: Int
    line: Int
    state: State


class Failed(Message, frozen=True, tag="failed"):
    """The whole request failed in the guest: building the model raised, a name is missing."""

    error: Raised
    state: State


Reply = (
    Results
    | Seen
    | Described
    | Differentiated
    | Observed
    | Trained
    | Fitted
    | Rehearsed
    | Used
    | Walked
    | Ran
    | Quoted
    | Failed
)

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)


def encode_reply(message: Reply) -> bytes:
    return _ENCODER.encode(message)


def decode_reply(header: bytes) -> Reply:
    """Raises `Malformed` where the bytes are no reply; whether it answers the question is not asked here."""
    return decoded(_DECODER, header, "reply of ours")
