"""Length-framed messages over a Unix stream socket, with caps and absolute deadlines.

A frame is two big-endian unsigned 32-bit lengths (header, payload), the header (JSON) and the
payload (raw tensor bytes). The two ends do not trust each other: a length is checked against its
cap before a byte of it is awaited, memory grows only with bytes that have arrived, and a deadline
covers sending too, because a peer that stops reading would otherwise hold us for ever.

    WireError
    ├─ Malformed   the bytes are no message of ours
    ├─ TooLarge    a length is above its cap
    ├─ OutOfTime   the deadline passed
    └─ PeerGone    the other end is closed, or its process has ended
"""

from __future__ import annotations

import array
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence

_LENGTHS = struct.Struct("!II")
_CREDENTIALS = struct.Struct("3i")
_CHUNK = 1 << 18
_WHOLE = 1 << 14
"""Up to so many bytes a message goes out in one piece, so that no other writer can come in between."""
_TICK = 0.1
_MOST_UNWATCHED = 64
"""Waits in turn, each shorter than a tick, after which `watch` is called all the same: who sends a byte now
and then would otherwise never be looked at."""

MAX_HEADER = 1 << 20
MAX_PAYLOAD = 64 << 20


class WireError(Exception):
    """The other end of a channel cannot be understood or reached; the guest is closed."""


class Malformed(WireError):
    """The bytes that came are no message of ours."""


class TooLarge(WireError):
    """A message claims, or would have, more bytes than its cap."""


class OutOfTime(WireError):
    """The deadline passed before the message was through."""


class PeerGone(WireError):
    """The other end was closed, or the process behind it has ended."""


class Channel:
    """One end of a connected Unix stream socket that carries frames.

    `pidfd`, where given, is a descriptor that becomes readable when the peer's process ends: a
    process that the peer left behind can hold the socket open, so end of file proves nothing.
    `watch`, where given, is called about every 0.1 s while waiting and may raise.
    Deadlines are absolute, on `time.monotonic`.
    """

    def __init__(
        self,
        sock: socket.socket,
        *,
        pidfd: int | None = None,
        watch: Callable[[], None] | None = None,
        max_header: int = MAX_HEADER,
        max_payload: int = MAX_PAYLOAD,
    ) -> None:
        sock.setblocking(False)
        self.sock = sock
        self.pidfd = pidfd
        self.watch = watch
        self._unwatched = 0
        self.max_header = max_header
        self.max_payload = max_payload

    def fileno(self) -> int:
        return self.sock.fileno()

    def close(self) -> None:
        self.sock.close()

    def send(
        self,
        header: bytes,
        payload: bytes | bytearray = b"",
        *,
        deadline: float | None,
        fds: Sequence[int] = (),
    ) -> None:
        """Sends one frame; `fds` travel with its first byte (SCM_RIGHTS)."""
        if len(header) > self.max_header or len(payload) > self.max_payload:
            raise TooLarge(f"a message of {len(header)} + {len(payload)} bytes is above the cap")
        head = _LENGTHS.pack(len(header), len(payload)) + header
        if len(payload) <= _WHOLE:
            head, payload = head + payload, b""
        first = memoryview(head)
        if fds:
            rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))]
            first = first[self._send_once(lambda: self.sock.sendmsg([first], rights), deadline) :]
        for part in (first, memoryview(payload)):
            while part:
                part = part[self._send_once(lambda part=part: self.sock.send(part), deadline) :]  # type: ignore[misc]

    def receive(self, *, deadline: float | None) -> tuple[bytes, bytes]:
        """Receives one frame as (header, payload). Descriptors sent along are dropped by the kernel."""
        header_size, payload_size = _LENGTHS.unpack(self._take(_LENGTHS.size, deadline))
        self._check_sizes(header_size, payload_size)
        return bytes(self._take(header_size, deadline)), bytes(self._take(payload_size, deadline))

    def receive_of(self, *, deadline: float | None) -> tuple[bytes, bytes, int]:
        """Receives one frame and the process id of its sender as the kernel tells it (see `credited`)."""
        head, sender = bytearray(), 0
        while len(head) < _LENGTHS.size:
            try:
                data, ancillary, _, _ = self.sock.recvmsg(
                    _LENGTHS.size - len(head), socket.CMSG_SPACE(_CREDENTIALS.size)
                )
            except BlockingIOError:
                self._wait(select.POLLIN, deadline)
                continue
            except ConnectionError as error:
                raise PeerGone(str(error)) from error
            if not data:
                raise PeerGone("the other end closed the channel")
            for level, kind, content in ancillary:
                if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS and not head:
                    sender = _CREDENTIALS.unpack(content[: _CREDENTIALS.size])[0]
            head += data
        header_size, payload_size = _LENGTHS.unpack(head)
        self._check_sizes(header_size, payload_size)
        header, payload = self._take(header_size, deadline), self._take(payload_size, deadline)
        return bytes(header), bytes(payload), sender

    def credited(self) -> None:
        """From now on the kernel says who sends what arrives here."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)

    def unasked(self, most: int = 256) -> bytes:
        """The first bytes of what has arrived and was not yet taken; they stay where they are."""
        try:
            return self.sock.recv(most, socket.MSG_PEEK)
        except OSError:
            return b""

    def receive_with_fds(self, *, deadline: float | None, most: int = 4) -> tuple[bytes, bytes, list[int]]:
        """Receives one frame and at most `most` descriptors. For ends whose peer is trusted."""
        fds = array.array("i")
        head = bytearray()
        while len(head) < _LENGTHS.size:
            self._wait(select.POLLIN, deadline)
            try:
                data, ancillary, _, _ = self.sock.recvmsg(
                    _LENGTHS.size - len(head), socket.CMSG_SPACE(most * fds.itemsize), socket.MSG_CMSG_CLOEXEC
                )
            except BlockingIOError:
                continue
            except ConnectionError as error:
                raise PeerGone(str(error)) from error
            for level, kind, content in ancillary:
                if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                    fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
            if not data:
                raise PeerGone("the other end closed the channel")
            head += data
        header_size, payload_size = _LENGTHS.unpack(head)
        self._check_sizes(header_size, payload_size)
        return bytes(self._take(header_size, deadline)), bytes(self._take(payload_size, deadline)), list(fds)

    def readable(self, *, deadline: float | None) -> None:
        """Waits until something can be read."""
        self._wait(select.POLLIN, deadline)

    def _check_sizes(self, header_size: int, payload_size: int) -> None:
        if header_size > self.max_header or payload_size > self.max_payload:
            raise TooLarge(f"a message claims {header_size} + {payload_size} bytes, above the cap")

    def _take(self, size: int, deadline: float | None) -> bytearray:
        taken = bytearray()
        while len(taken) < size:
            try:
                data = self.sock.recv(min(_CHUNK, size - len(taken)))
            except BlockingIOError:
                self._wait(select.POLLIN, deadline)
                continue
            except ConnectionError as error:
                raise PeerGone(str(error)) from error
            if not data:
                raise PeerGone("the other end closed the channel")
            taken += data
            if deadline is not None and time.monotonic() > deadline:
                raise OutOfTime("the message did not come in time")
        return taken

    def _send_once(self, attempt: Callable[[], int], deadline: float | None) -> int:
        while True:
            try:
                return attempt()
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)
            except ConnectionError as error:
                raise PeerGone(str(error)) from error

    def _wait(self, event: int, deadline: float | None) -> None:
        self._unwatched += 1
        if self.watch is not None and self._unwatched > _MOST_UNWATCHED:
            self._unwatched = 0
            self.watch()
        poll = select.poll()
        poll.register(self.sock, event)
        if self.pidfd is not None:
            poll.register(self.pidfd, select.POLLIN)
        while True:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise OutOfTime("the other end did not answer in time")
            tick = left if self.watch is None else min(_TICK, left if left is not None else _TICK)
            ready = dict(poll.poll(None if tick is None else max(1, int(tick * 1000))))
            if self.sock.fileno() in ready:
                return
            if self.pidfd is not None and self.pidfd in ready:
                raise PeerGone("the process at the other end has ended")
            if self.watch is not None:
                self._unwatched = 0
                self.watch()
