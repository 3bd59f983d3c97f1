"""Messages between driver and guest while the cells run. What the guest says is a claim, for display."""

from __future__ import annotations

from typing import Literal

import msgspec

from grader.wire.message import Int, Message, decoded


class Code(msgspec.Struct, frozen=True):
    """One code cell; `number` counts code cells from 1."""

    number: Int
    source: str


class Start(Message, frozen=True, tag="start"):
    """Run these cells (a JSON list of `Code` in the payload). `output` caps the bytes of output kept;
    `data` names the folder under /data that belongs to the lesson."""

    seed: Int
    output: Int
    data: str | None = None


class Snapshot(Message, frozen=True, tag="snapshot"):
    """Fork the state after the cells; the descriptor that comes along is the fork's socket."""


Order = Start | Snapshot


class Begin(Message, frozen=True, tag="begin"):
    cell: Int


class Printed(Message, frozen=True, tag="printed"):
    """Text of a stream, in the payload."""

    cell: Int
    name: Literal["stdout", "stderr"]


class Shown(Message, frozen=True, tag="shown"):
    """A rich output: the payload is a JSON object of MIME type to text (images in base64)."""

    cell: Int
    kind: Literal["display", "result"]


class Cleared(Message, frozen=True, tag="cleared"):
    """`clear_output()`: what this cell has shown so far is to go."""

    cell: Int


class Problem(Message, frozen=True, tag="problem"):
    """An exception: `line` in its cell, from 1; the payload is the traceback's text."""

    cell: Int
    type: str
    message: str
    line: Int


class End(Message, frozen=True, tag="end"):
    """A cell is through. `seconds` of wall clock."""

    cell: Int
    ok: bool
    seconds: float


class Noticed(Message, frozen=True, tag="noticed"):
    """What the cells changed in the process, as far as it does not hide: names, and how many `more`."""

    what: Literal["functions", "hooks", "signals", "grader", "failed"]
    names: list[str]
    more: Int = 0


class Losses(Message, frozen=True, tag="losses"):
    """A list of losses that the notebook keeps under `name`: at most 200 of `of` numbers, evenly spread."""

    name: str
    values: list[float]
    of: Int


class Done(Message, frozen=True, tag="done"):
    """All cells are through. `cut`: output went over its cap."""

    cut: bool


class Hello(Message, frozen=True, tag="hello"):
    """The first word of a snapshot on its own socket."""


Event = Begin | Printed | Shown | Cleared | Problem | End | Noticed | Losses | Done | Hello

_ENCODER = msgspec.json.Encoder()
_ORDERS: msgspec.json.Decoder[Order] = msgspec.json.Decoder(Order)
_EVENTS: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_CODE = msgspec.json.Decoder(list[Code])
_BUNDLE = msgspec.json.Decoder(dict[str, str])


def encode(message: Order | Event | list[Code] | dict[str, str]) -> bytes:
    return _ENCODER.encode(message)


def decode_order(header: bytes) -> Order:
    """Raises `Malformed`."""
    return decoded(_ORDERS, header, "order of ours")


def decode_event(header: bytes) -> Event:
    """Raises `Malformed`."""
    return decoded(_EVENTS, header, "event of ours")


def decode_code(payload: bytes) -> list[Code]:
    """Raises `Malformed`."""
    return decoded(_CODE, payload, "cells")


def decode_bundle(payload: bytes) -> dict[str, str]:
    """Raises `Malformed`."""
    return decoded(_BUNDLE, payload, "rich output")
