"""Tells the driver what a cell prints and shows, as it happens and within a cap."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Iterable
from typing import Any, Literal, Protocol

from grader.wire import cells
from grader.wire.frames import WireError

_FLUSH_BYTES = 8192
_FLUSH_SECONDS = 0.25
_MAX_RICH = 2_000_000


class Speaker(Protocol):
    """What events go out by."""

    def send(self, header: bytes, payload: bytes = b"", *, deadline: float | None) -> None: ...


class Recorder:
    """Keeps the events, for others to say them again."""

    def __init__(self) -> None:
        self.events: list[tuple[bytes, bytes]] = []

    def send(self, header: bytes, payload: bytes = b"", *, deadline: float | None) -> None:
        self.events.append((header, payload))


class Reporter:
    """Sends events for the cell that is running. Above `cap` bytes output is counted and dropped.

    Threads of the notebook may speak at any time, and each message goes out whole; after `close` none does.
    """

    def __init__(self, channel: Speaker | None = None, cap: int = 0) -> None:
        self.channel = channel
        self.cap = cap
        self.cell = 0
        self.cut = False
        self._sent = 0
        self._buffer: list[str] = []
        self._name: Literal["stdout", "stderr"] = "stdout"
        self._size = 0
        self._flushed = time.monotonic()
        self._files = [0, 0]
        self._renew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        # A thread that is not in the child may have held it.
        self._turn = threading.RLock()

    def say(self, event: cells.Event, payload: bytes = b"") -> None:
        self._send(cells.encode(event), payload)

    def _send(self, header: bytes, payload: bytes) -> None:
        with self._turn:
            if self.channel is not None:
                try:
                    self.channel.send(header, payload, deadline=None)
                except WireError:
                    self.channel = None

    def resume(self, channel: Speaker, events: Iterable[tuple[bytes, bytes]]) -> None:
        """Goes on where the process that this one was forked from has stopped; says again what it said."""
        self.channel = channel
        self._files = [0, 0]
        for header, payload in events:
            self._send(header, payload)

    def close(self, last: cells.Event) -> None:
        """Says the last word."""
        with self._turn:
            self.say(last)
            self.channel = None

    def printed(self, name: Literal["stdout", "stderr"], text: str) -> None:
        if self.channel is None or not text:
            return
        if self._sent + self._size >= self.cap:
            self.cut = True
            return
        if name != self._name:
            self.flush()
            self._name = name
        self.cut |= len(text) > self.cap
        self._buffer.append(text[: self.cap])
        self._size += len(text)
        waited = time.monotonic() - self._flushed > _FLUSH_SECONDS
        if self._size >= _FLUSH_BYTES or (waited and text.endswith("\n")):
            self.flush()

    def flush(self) -> None:
        with self._turn:
            self._flush()

    def _flush(self) -> None:
        if self._buffer:
            payload = "".join(self._buffer).encode("utf-8", "replace")
            self._buffer, self._size = [], 0
            if self._sent + len(payload) > self.cap:
                payload, self.cut = payload[: max(0, self.cap - self._sent)], True
            self._sent += len(payload)
            self.say(cells.Printed(self.cell, self._name), payload)
        self._flushed = time.monotonic()

    def shown(self, kind: Literal["display", "result"], data: dict[str, Any]) -> None:
        """A rich output; the part of it that is text, or bytes of a picture."""
        if self.channel is None:
            return
        self.flush()
        bundle = {str(mime): text for mime, value in data.items() if (text := _text(value)) is not None}
        payload = cells.encode(bundle)
        if len(payload) > _MAX_RICH or self._sent + len(payload) > self.cap:
            self.cut = True
            return
        self._sent += len(payload)
        self.say(cells.Shown(self.cell, kind), payload)

    def problem(self, error: BaseException, text: str, line: int) -> None:
        self.flush()
        try:
            message = str(error)
        except BaseException:
            message = "(its message cannot be shown)"
        kind = type(error).__name__
        if isinstance(error, SyntaxError) and kind.startswith("_"):  # Python 3.13, of a cell that breaks off
            kind, text = "SyntaxError", text.replace(kind, "SyntaxError")
        event = cells.Problem(self.cell, kind[:100], message[:2000], line)
        self.say(event, text.encode("utf-8", "replace")[:60_000])

    def collect_files(self) -> None:
        """What was written to descriptors 1 and 2 past Python's streams (a library, a child process)."""
        for number, name in ((1, "stdout"), (2, "stderr")):
            if not hasattr(os, "pread"):
                break
            try:
                size = os.fstat(number).st_size
                fresh = os.pread(number, min(size - self._files[number - 1], 65536), self._files[number - 1])
            except OSError:
                continue
            self._files[number - 1] = size
            self.printed("stdout" if name == "stdout" else "stderr", fresh.decode("utf-8", "replace"))
        self.flush()


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the notebook."""

    def __init__(self, reporter: Reporter, name: Literal["stdout", "stderr"]) -> None:
        self._reporter = reporter
        self._name: Literal["stdout", "stderr"] = name
        self.buffer = _Bytes(self)

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._reporter.printed(self._name, text)
        return len(text)

    def flush(self) -> None:
        self._reporter.flush()

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return 1 if self._name == "stdout" else 2


class _Bytes(io.RawIOBase):
    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raw = bytes(data)
        self._stream.write(raw.decode("utf-8", "replace"))
        return len(raw)


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode("ascii")
    return None
