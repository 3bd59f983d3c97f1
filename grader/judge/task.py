"""What collected checks are run on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from grader.judge.guest import Guest
from grader.judge.outcome import Outcome


class Guests(Protocol):
    """Gives each check its guest. `fresh` asks for a snapshot that no check has used."""

    def opened(self, check: str, *, fresh: bool) -> AbstractContextManager[Guest]: ...

    def shared(self) -> bool:
        """Whether the check just run used a snapshot that an earlier one had used."""
        ...

    def cpu(self) -> float | None:
        """Seconds of CPU of all requests so far; None where they cannot be measured."""
        ...


@dataclass(frozen=True)
class Task:
    """What to run collected checks on: all of them, or `only` one and what it needs. `heard` is told each
    outcome as it comes, and again each that changes later. With `fail_fast` nothing runs after the first
    check that loses points."""

    guests: Guests
    key: bytes
    only: str | None = None
    heard: Callable[[Outcome], None] = lambda outcome: None
    fail_fast: bool = False
