"""What is given out, and the workers that it is given to."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from distributed import Future as DaskFuture

Call = Callable[[bytes], bytes]
Begun = Callable[[str], None]
"""Hears the name of each worker on which a task is the next to run."""
Refused = Callable[[bytes, str], Exception | None]
"""Asks a result, and the address it came from: None where it is one, else why it has to be done again."""

LOSSES = 3
DEPTH = 2
"""Tasks on one worker: the second waits there while the first runs."""


def new_key() -> str:
    """What Dask is to call a submission. It takes tasks to be as long as others whose names begin alike."""
    return f"grade-{uuid.uuid4().hex}"


class LostWithWorkers(Exception):
    """Every worker that a task was given to was lost with it."""


@dataclass(eq=False)
class Task:
    call: Call
    argument: bytes
    future: Future[bytes]
    begun: Begun
    refused: Refused
    losses: int = 0
    avoid: set[str] = field(default_factory=set)
    """Workers that could not do it."""


@dataclass(eq=False)
class Seat:
    """An admitted worker and what it holds, the oldest first."""

    address: str
    name: str
    held: dict[DaskFuture[Any], Task] = field(default_factory=dict)

    def takes(self, task: Task) -> bool:
        if task.losses:
            return not self.held
        return len(self.held) < DEPTH and not any(one.losses for one in self.held.values())
