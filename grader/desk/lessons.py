"""Which lessons notebooks say they are for, asked of a process that does nothing else and is limited.

To find the lesson of a notebook is to parse whatever somebody handed in, before anything else of a run is up:
20 MB of brackets take seconds and half a gigabyte. `python -m grader.desk.lessons FD CPU MEMORY` imports
little and answers in forks: one for many notebooks, and where that one ends, one for each.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Self

import msgspec

from grader import serving, warm
from grader.notebook import lesson_of

_CPU_SECONDS = 10
_MEMORY = 3 << 29
_SECONDS = 300.0
"""The CPU decides; this is for a machine that gives it slowly."""


class LessonReader:
    """The driver's side; a context manager. Its process starts with the first question."""

    def __init__(self, *, cpu_seconds: int = _CPU_SECONDS, memory: int = _MEMORY) -> None:
        """`cpu_seconds` and `memory` (bytes of address space) are what reading one notebook may take."""
        self._limits = (str(cpu_seconds), str(memory))
        self._room: warm.Room | None = None

    def __call__(self, contents: Sequence[bytes]) -> list[str | None]:
        """The lesson that each notebook names; None where it names none, or cannot be read within the limits.

        Raises `GraderBug` where the process does not come up.
        """
        said = self._ask(contents)
        if said is None:
            # One of them cannot be read within the limits: it must not take the others' lessons along.
            said = [one for content in contents for one in self._ask([content]) or [None]]
        return said

    def _ask(self, contents: Sequence[bytes]) -> list[str | None] | None:
        if self._room is None:
            self._room = warm.Room("grader.desk.lessons", *self._limits)
        request = msgspec.msgpack.encode(contents)
        try:
            reply = self._room.ask("lessons", request, seconds=_SECONDS)
        except warm.JobFailed:
            return None
        return msgspec.json.decode(reply, type=list[str | None])

    def close(self) -> None:
        """Ends the process. Idempotent."""
        if self._room is not None:
            self._room.close()
            self._room = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def lessons(request: bytes, fds: list[int]) -> bytes:
    """The answer to a list of notebooks: a list of names and nulls, as JSON."""
    contents = msgspec.msgpack.decode(request, type=list[bytes])
    return msgspec.json.encode([lesson_of(content) for content in contents])


def main() -> None:
    fd, cpu_seconds, memory = map(int, sys.argv[1:])
    serving.serve(fd, {"lessons": lessons}, serving.Limits(cpu_seconds, memory))


if __name__ == "__main__":
    main()
