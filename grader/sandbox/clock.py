"""A clock that is fair to a slow or busy machine: it stands while its process waits for a core.

An idle wait (sleeping, waiting for input, stopped) is the student's and counts; what the machine gives to
others while this process could have gone on does not. So a limit of wall clock never speaks before the CPU
clock has shown that the submission really had the machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST = 10.0
"""Times a limit of wall clock that may pass at most, however busy the machine: what never ends has to end."""


class FairClock:
    """Counts from its making. Not thread-safe.

    cpu: seconds of CPU that had been used when it was made; waited: seconds that it stood
    """

    def __init__(self, cpu: float = 0.0, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._begin = self._looked = now()
        self._cpu = cpu
        self.waited = 0.0

    def look(self, cpu: float, *, wanting: bool) -> None:
        """Takes note of the CPU used so far. The more often it is called, the closer it counts.

        wanting: whether anything of what is watched runs, or could if it had a core, at this moment
        """
        now = self._now()
        if wanting:
            # CPU comes in ticks and may be ahead of the clock for a moment: the next look makes up for it.
            gone = (now - self._looked) - max(0.0, cpu - self._cpu)
            self.waited = max(0.0, self.waited + gone)
        self._looked, self._cpu = now, cpu

    def seconds(self) -> float:
        """Those that count so far."""
        return self._now() - self._begin - self.waited
