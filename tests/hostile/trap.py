"""A trap on loopback: listens in every way that the notebooks try, and counts who comes."""

from __future__ import annotations

import contextlib
import socket
from types import TracebackType
from typing import Self


class Trap:
    """Sockets at one port of 127.0.0.1 and ::1, an abstract one, and `place/listens`."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        tcp = self._listen(socket.AF_INET, ("127.0.0.1", 0))
        self.port: int = tcp.getsockname()[1]
        self._listen(socket.AF_UNIX, f"\0hostile-{self.port}")
        if socket.has_ipv6:
            # Some machines have no loopback of the sixth version.
            with contextlib.suppress(OSError):
                self._listen(socket.AF_INET6, ("::1", self.port))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))

    def listen_at(self, path: str) -> None:
        """A socket with a name in the file system, too."""
        self._listen(socket.AF_UNIX, path)

    def reached(self) -> list[str]:
        """Where anything has arrived."""
        found = []
        for one in self._sockets:
            one.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                one.accept()[0].close()
                found.append(str(one.getsockname()))
        self._udp.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            found.append(f"udp {self._udp.recv(100)!r}")
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in (*self._sockets, self._udp):
            one.close()

    def _listen(self, family: int, address: object) -> socket.socket:
        one = socket.socket(family)
        self._sockets.append(one)
        one.bind(address)  # type: ignore[arg-type]
        one.listen()
        return one
