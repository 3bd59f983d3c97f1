"""What a check takes: by the clock, and of CPU on the guest's side."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Took:
    """Seconds by the clock and of CPU; None where the CPU cannot be measured."""

    seconds: float
    cpu_seconds: float | None


class Stopwatch:
    """Runs from its making. cpu: seconds of CPU of all requests so far, or None."""

    def __init__(self, cpu: Callable[[], float | None]) -> None:
        self._cpu, self._used, self._begin = cpu, cpu(), time.monotonic()

    def took(self) -> Took:
        """How much it is by now."""
        used = self._cpu()
        spent = None if used is None or self._used is None else round(used - self._used, 3)
        return Took(round(time.monotonic() - self._begin, 3), spent)
