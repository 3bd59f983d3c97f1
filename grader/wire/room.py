"""What the driver tells the zygote about a room to be made: numbers and fixed paths, no submission."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

INSIDE_ID = 1000
"""User and group of every process of a bubblewrap room, as seen from inside."""


ADDRESS_SPACE = 2
"""Address space that a room gets per byte of memory: a huge request is refused with an error in the cell
that made it; what grows comes to the limit of memory first."""


@dataclass(frozen=True)
class Order:
    """One room to be made.

    level: "bubblewrap", "landlock" or "none"
    user: outer user and group id of the room's own; None: the zygote's
    core: the core to pin to; None: not pinned
    processes: most processes and threads; None where the kernel would not count the room's alone
    address_space, disk: bytes; cpu: seconds a process may use
    folder: where the room may write (levels without mounts), else ""
    readable, listable: what the room may read, and what folders it may list (level landlock);
        elsewhere the mounts decide
    """

    level: str
    user: int | None
    core: int | None
    processes: int | None
    address_space: int
    disk: int
    cpu: int
    folder: str
    readable: list[str]
    listable: list[str]

    @property
    def home(self) -> str:
        return f"{self.folder}/home" if self.folder else "/home/student"

    @property
    def temporary(self) -> str:
        return f"{self.folder}/tmp" if self.folder else "/tmp"

    @property
    def among_strangers(self) -> bool:
        """Whether processes of the room's user exist outside it, within reach of its signals."""
        return self.level == "landlock" and self.user is None

    def encode(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, content: bytes) -> Order:
        return cls(**json.loads(content))
