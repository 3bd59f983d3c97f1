"""User ids of the rooms' own, one a slot, that no other house on this machine uses."""

from __future__ import annotations

import os
import pwd
import socket

from grader.errors import SandboxError
from grader.sandbox.kernel_files import lines

_FIRST = 52000
_BLOCK = 256
_BLOCKS = 50


class Users:
    """A block of ids, held until `close` or until this process ends; needs root."""

    def __init__(self, slots: int) -> None:
        """Takes the first block that is free. Raises SandboxError where there is none."""
        if slots > _BLOCK:
            raise SandboxError(f"A house has at most {_BLOCK} slots, and {slots} were asked for. Use --jobs.")
        taken = busy()
        for number in range(_BLOCKS):
            self._first = _FIRST + number * _BLOCK
            if taken.isdisjoint(range(self._first, self._first + _BLOCK)) and self._hold():
                return
        raise SandboxError(
            f"Every block of user ids from {_FIRST} to {_FIRST + _BLOCK * _BLOCKS - 1} is used "
            f"on this machine. Run the grader as an ordinary user."
        )

    def __getitem__(self, slot: int) -> int:
        return self._first + slot

    def close(self) -> None:
        """Lets another house have the block. Idempotent."""
        self._held.close()

    def _hold(self) -> bool:
        # A name that the kernel keeps for one process, and frees when that dies.
        self._held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._held.bind(f"\0sequence-grader-users-{self._first}")
        except OSError:
            self._held.close()
            return False
        return True


def busy() -> set[int]:
    """Ids that belong to an account or to a running process."""
    found = {account.pw_uid for account in pwd.getpwall()}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                told = lines(f"/proc/{name}/status")
            except OSError:
                continue
            found.update(int(word) for line in told if line.startswith(b"Uid:") for word in line.split()[1:])
    return found
