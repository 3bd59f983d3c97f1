"""Frames over two pipes, for where there are no Unix sockets: a process and what it has started.

The same frames as `frames.Channel`: two lengths, a header, a payload. Either end may be a pipe of
`subprocess.Popen` or a file over a descriptor; nothing here needs more than Python has on every system.
"""

from __future__ import annotations

import os
import queue
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

from grader.wire.frames import MAX_HEADER, MAX_PAYLOAD, OutOfTime, PeerGone, TooLarge, WireError

_LENGTHS = struct.Struct("!II")
_TICK = 0.25

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Frame = tuple[bytes, bytes]


def environment() -> dict[str, str]:
    """For another Python at the end of a line: the grader that was imported here, one thread, no GPU."""
    own = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (own, os.environ.get("PYTHONPATH"))))
    return {**os.environ, **dict.fromkeys(_THREADS, "1"), "PYTHONPATH": path, "CUDA_VISIBLE_DEVICES": ""}


class Line:
    """One end of a line. Reading and writing wait for as long as the other end takes."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes], *, max_payload: int = MAX_PAYLOAD) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._max_payload = max_payload

    def send(self, header: bytes, payload: bytes | bytearray = b"", *, deadline: float | None = None) -> None:
        """Sends one frame. Raises `PeerGone` where nobody is left to read; `deadline` is not kept here."""
        if len(header) > MAX_HEADER or len(payload) > self._max_payload:
            raise TooLarge(f"a message of {len(header)} + {len(payload)} bytes is above the cap")
        try:
            self._outgoing.write(_LENGTHS.pack(len(header), len(payload)) + header + payload)
            self._outgoing.flush()
        except (OSError, ValueError) as error:
            raise PeerGone(str(error)) from error

    def receive(self, *, deadline: float | None = None) -> Frame:
        """The next frame. Raises `PeerGone` at the end of the line; `deadline` is not kept here."""
        header, payload = _LENGTHS.unpack(self._take(_LENGTHS.size))
        if header > MAX_HEADER or payload > self._max_payload:
            raise TooLarge(f"a message claims {header} + {payload} bytes, above the cap")
        return self._take(header), self._take(payload)

    def close(self) -> None:
        for file in (self._outgoing, self._incoming):
            try:
                file.close()
            except OSError:
                continue

    def _take(self, size: int) -> bytes:
        try:
            data = self._incoming.read(size)
        except (OSError, ValueError) as error:
            raise PeerGone(str(error)) from error
        if len(data) < size:
            raise PeerGone("the other end closed the line")
        return data


class TimedLine(Line):
    """A line whose `receive` keeps its deadline: a thread reads ahead, because a pipe cannot be waited for.

    `watch`, where given, is called a few times a second while waiting and may raise.
    """

    def __init__(
        self,
        incoming: IO[bytes],
        outgoing: IO[bytes],
        *,
        watch: Callable[[], None] | None = None,
        max_payload: int = MAX_PAYLOAD,
    ) -> None:
        super().__init__(incoming, outgoing, max_payload=max_payload)
        self.watch = watch
        self._arrived: queue.Queue[Frame | WireError] = queue.Queue()
        threading.Thread(target=self._read_ahead, name="grader", daemon=True).start()

    def receive(self, *, deadline: float | None = None) -> Frame:
        """The next frame. Raises `OutOfTime` once `time.monotonic()` is past `deadline`."""
        while True:
            left = _TICK if deadline is None else min(_TICK, deadline - time.monotonic())
            try:
                arrived = self._arrived.get(timeout=max(left, 0.001))
            except queue.Empty:
                if left <= 0:
                    raise OutOfTime("the other end did not answer in time") from None
                if self.watch is not None:
                    self.watch()
                continue
            if isinstance(arrived, WireError):
                self._arrived.put(arrived)  # it stays so for whoever asks again
                raise arrived
            return arrived

    def _read_ahead(self) -> None:
        try:
            while True:
                self._arrived.put(super().receive())
        except WireError as error:
            self._arrived.put(error)
