"""What holds for any bytes at all: a result within the caps, or an error of ours; never anything else.

Each property takes bytes and raises AssertionError (or whatever got through) where it does not hold. The
tests beside feed them with hypothesis, `guided.py` with a fuzzer that watches which lines are reached.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch

from grader import notebook as notebooks
from grader.errors import SubmissionError, UsageError
from grader.exchange.archives import Caps
from grader.exchange.folders import find
from grader.guest.answers import answer
from grader.notebook import Notebook
from grader.wire import cells
from grader.wire.frames import Channel, WireError
from grader.wire.replies import Reply, decode_reply, encode_reply
from grader.wire.requests import Call, Describe, Look, Source, decode_request, encode_request
from grader.wire.tensors import Reader, Writer
from grader.wire.values import (
    Built,
    Given,
    Items,
    Mapping,
    Named,
    Odd,
    Other,
    Packed,
    Scalar,
    Tensor,
    Text,
    Value,
)  # fmt: skip

MOST = 1 << 16
"""Bytes of a header or payload in these properties."""
VALUES = (Scalar, Odd, Text, Tensor, Items, Mapping, Packed, Named, Built, Given, Other)
CAPS = Caps(entries=200, table=1 << 16, file=1 << 16, total=1 << 18, ratio=100.0, small=1 << 12)
LESSONS = ("cnn", "lstm")
DECODERS = (decode_reply, decode_request, cells.decode_event, cells.decode_order, cells.decode_code)
ASKED = (Call, Describe, Look, Source)


def frame(data: bytes) -> None:
    """A channel fed with `data`: frames below the caps, then an end of ours."""
    theirs, ours = socket.socketpair()
    channel = Channel(ours, max_header=MOST, max_payload=MOST)
    with theirs, ours:
        theirs.sendall(data[:MOST])
        theirs.shutdown(socket.SHUT_WR)
        try:
            while True:
                header, payload = channel.receive(deadline=time.monotonic() + 5)
                assert max(len(header), len(payload)) <= MOST
        except WireError:
            pass


def message(data: bytes) -> None:
    """Header and payload of one message, read as every kind of message, and its values by either end."""
    header, payload = parted(data)
    for decode in DECODERS:
        try:
            told = decode(header)
        except WireError:
            continue
        if not isinstance(told, list):
            read_all(told, payload)
    with contextlib.suppress(WireError):
        assert isinstance(cells.decode_bundle(payload), dict)


def reply(data: bytes) -> None:
    """A reply that can be read is one that can be written, and the same."""
    header, _ = parted(data)
    try:
        told: Reply = decode_reply(header)
    except WireError:
        return
    assert decode_reply(encode_reply(told)) == told


def request(data: bytes) -> None:
    """The guest's end: whatever is asked for, a reply comes back that the trusted end can read."""
    header, payload = parted(data)
    try:
        asked = decode_request(header)
        encode_request(asked)
    except WireError:
        return
    if not isinstance(asked, ASKED) or msgspec.json.encode(asked).count(b'"f":"g"'):
        return  # training and supplied modules take as long as they are told to
    told, given = answer(asked, payload, names())
    read_all(decode_reply(encode_reply(told)), bytes(given))


def notebook(data: bytes) -> None:
    """A notebook that can be sent on, or the reason why there is none."""
    try:
        read = notebooks.read(data, max_bytes=1 << 20, max_cells=500)
    except SubmissionError as error:
        msgspec.json.encode([str(error), error.facts])
        return
    assert len(read.cells) <= 500
    assert msgspec.json.decode(msgspec.json.encode(read), type=Notebook) == read


def archive(data: bytes, folder: Path) -> None:
    """Submissions below the caps, or an error of usage; nothing is written. `folder` is emptied."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = folder / "class.zip"
    path.write_bytes(data)
    try:
        found = find(path, lesson="cnn", lessons=LESSONS, caps=CAPS)
    except UsageError:
        return
    finally:
        assert [place.name for place in folder.rglob("*")] == ["class.zip"]
    assert len(found) <= CAPS.entries + 1
    assert sum(len(one.content) for one in found) <= CAPS.total
    for one in found:
        assert one.problem is None or not one.content
        assert len(one.content) <= CAPS.file
        assert "/" not in one.notebook
        assert "\0" not in one.notebook + one.student + one.student_id
        one.student.encode("utf-8")
        one.notebook.encode("utf-8")


def parted(data: bytes) -> tuple[bytes, bytes]:
    """Header and payload: two bytes say how long the header is, as far as there are so many."""
    (size,) = struct.unpack("!H", data[:2].ljust(2, b"\0"))
    return data[2 : 2 + size], data[2 + size : 2 + size + MOST]


def joined(header: bytes, payload: bytes) -> bytes:
    """The bytes that `parted` takes apart."""
    return struct.pack("!H", min(len(header), 65535)) + header[:65535] + payload


def read_all(told: Any, payload: bytes) -> None:
    """Reads every value of a message. What comes out is plain, or a tensor of no more bytes than came in."""
    for value in values(told):
        try:
            got = Reader(payload).value(value)
        except WireError:
            continue
        for leaf in leaves(got):
            if isinstance(leaf, torch.Tensor):
                assert leaf.numel() * leaf.element_size() <= len(payload)
                assert type(leaf) is torch.Tensor
            elif isinstance(leaf, np.ndarray):
                assert leaf.nbytes <= len(payload)
            else:
                assert leaf is None or isinstance(
                    leaf, bool | int | float | str | Named | Built | Given | Other
                )
        with contextlib.suppress(WireError):
            Writer(MOST).value(got)


def values(told: Any) -> Iterator[Value]:
    """The outermost values of the wire in a message."""
    if isinstance(told, VALUES):
        yield told
    elif isinstance(told, msgspec.Struct):
        for name in told.__struct_fields__:
            yield from values(getattr(told, name))
    elif isinstance(told, dict):
        for item in told.values():
            yield from values(item)
    elif isinstance(told, list | tuple):
        for item in told:
            yield from values(item)


def leaves(got: Any) -> Iterator[Any]:
    if isinstance(got, dict):
        for key, item in got.items():
            yield from leaves(key)
            yield from leaves(item)
    elif isinstance(got, list | tuple):
        for item in got:
            yield from leaves(item)
    else:
        yield got


def names() -> dict[str, Any]:
    """A small notebook's names."""

    def f(x: Any = None, *more: Any, **named: Any) -> Any:
        return x

    def g(x: torch.Tensor) -> torch.Tensor:
        return x * 2

    class Net(torch.nn.Module):
        def __init__(self, size: int = 2) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(min(max(int(size), 1), 8), 2)

        def forward(self, x: torch.Tensor) -> Any:
            return self.layer(x)

    return {"f": f, "g": g, "Net": Net, "value": 5}
