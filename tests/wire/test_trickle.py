"""Who sends a byte now and then keeps nobody from looking at the limits."""

from __future__ import annotations

import os
import socket
import struct
from typing import cast

import pytest

from grader.wire.frames import Channel


class Trickle:
    """A socket that has one byte of `content` at a time, and nothing in between."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._ready = False
        self._read, write = os.pipe()  # always readable, as far as a poll can see
        os.close(write)

    def setblocking(self, blocking: bool) -> None:
        pass

    def fileno(self) -> int:
        return self._read

    def close(self) -> None:
        os.close(self._read)

    def recv(self, size: int) -> bytes:
        self._ready = not self._ready
        if self._ready:
            raise BlockingIOError
        byte, self._content = self._content[:1], self._content[1:]
        return byte


class Stop(Exception):
    """Raised by who watches."""


def frame(size: int) -> bytes:
    return struct.pack("!II", size, 0) + b"x" * size


def channel(content: bytes) -> Channel:
    return Channel(cast(socket.socket, Trickle(content)))


def test_the_watch_looks_on_while_bytes_trickle_in() -> None:
    looks: list[int] = []
    slow = channel(frame(1000))
    slow.watch = lambda: looks.append(1)
    header, _ = slow.receive(deadline=None)
    slow.close()
    assert header == b"x" * 1000
    assert 10 <= len(looks) <= 20


def test_the_watch_can_end_a_trickle() -> None:
    def stop() -> None:
        raise Stop

    endless = channel(frame(10_000))
    endless.watch = stop
    with pytest.raises(Stop):
        endless.receive(deadline=None)
    endless.close()
