"""What the driver tells the zygote of a lesson's beginning: the starter's own cells, no submission."""

from __future__ import annotations

import msgspec

from grader.wire.cells import Code
from grader.wire.message import Int, decoded

BEGIN = b"begin"
"""In place of an order: the two descriptors are the socket for news and a file that holds a `Plan`."""


class Plan(msgspec.Struct, frozen=True):
    """The cells to run, and how `Start` would have them run.

    home, temporary: folders that stand for those of a room; empty, and for this beginning alone
    memory, disk: bytes that the process may take beyond what it has, and that a file may have
    """

    cells: list[Code]
    seed: Int
    output: Int
    data: str | None
    home: str
    temporary: str
    memory: Int
    disk: Int


class Stage(msgspec.Struct, frozen=True):
    """So many cells have run in a process that makes rooms from now on; its control socket comes along.

    size, resident: bytes of address space and of memory that every fork starts with
    """

    cells: Int
    size: Int
    resident: Int


_ENCODER = msgspec.json.Encoder()
_PLAN = msgspec.json.Decoder(Plan)
_STAGE = msgspec.json.Decoder(Stage)


def encode(message: Plan | Stage) -> bytes:
    return _ENCODER.encode(message)


def decode_plan(content: bytes) -> Plan:
    """Raises `Malformed`."""
    return decoded(_PLAN, content, "plan of ours")


def decode_stage(content: bytes) -> Stage:
    """Raises `Malformed`."""
    return decoded(_STAGE, content, "stage of ours")
