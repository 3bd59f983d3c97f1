"""Asks a room's keeper to end everything in the room but the waiting guest."""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Collection

from grader.judge.guest import GuestGone

_SECONDS = 120.0
"""Within which a keeper that lives answers on the busiest machine; that it has ended is seen at once."""


class Sweeper:
    """Our end of the keeper's socket (one JSON object a packet)."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def sweep(self, spare: Collection[int] = ()) -> None:
        """Returns when everything else is gone. Raises `GuestGone` where the room has ended.

        spare: process ids, as the room has them, of more that may go on
        """
        deadline = time.monotonic() + _SECONDS
        try:
            self._sock.send(json.dumps({"op": "sweep", "spare": list(spare)}).encode())
            poll = select.poll()
            poll.register(self._sock, select.POLLIN)
            while poll.poll(max(0, int((deadline - time.monotonic()) * 1000))):
                packet = self._sock.recv(4096)
                if not packet:
                    break
                if "swept" in json.loads(packet):
                    return
        except (OSError, ValueError) as error:
            raise GuestGone("notebook.died", "the notebook's room has ended") from error
        raise GuestGone("notebook.died", "the notebook's room has ended")
