"""Which request a reply answers: each request carries a number drawn for it, which its reply repeats.

A number that cannot be guessed makes a reply that was sent before its request no reply to it.
"""

from __future__ import annotations

import os

from grader.wire.frames import Malformed

SIZE = 8
"""Bytes of a number; they stand before the header."""


def drawn() -> bytes:
    """A number for one request."""
    return os.urandom(SIZE)


def numbered(number: bytes, header: bytes) -> bytes:
    return number + header


def parted(header: bytes) -> tuple[bytes, bytes]:
    """The number, and the header proper. Raises `Malformed` where there is no room for both."""
    if len(header) <= SIZE:
        raise Malformed("a message without a number")
    return header[:SIZE], header[SIZE:]
