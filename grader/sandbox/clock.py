"""A clock that is fair to a slow or busy machine: it stands while its process waits for a core.

An idle wait (sleeping, waiting for input, stopped) is the student's and counts; what the machine gives to
others while this process could have gone on does not, nor does a wait for the disk as far as work goes with
it. So a limit of wall clock never speaks before the CPU clock has shown that the submission really had the
machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

Want = Literal["core", "disk"]
"""disk: no core would help at this moment, it waits for a page or a file. To the kernel a wait for a child
made by `vfork`, which may do nothing for ever, is the same."""

LONGEST = 10.0
"""Times a limit of wall clock that may pass at most, however busy the machine: what never ends has to end."""

_DISK_SECONDS, _DISK_SHARE = 2.0, 3.0
"""Seconds that waiting for a disk may make the clock stand, and how many more for each second of CPU used."""


class FairClock:
    """Counts from its making. Not thread-safe.

    cpu: seconds of CPU that had been used when it was made; waited: seconds that it stood
    """

    def __init__(self, cpu: float = 0.0, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._begin = self._looked = now()
        self._first = self._cpu = cpu
        self._on_disk = 0.0
        self.waited = 0.0

    def look(self, cpu: float, *, wanting: Want | None) -> None:
        """Takes note of the CPU used so far. The more often it is called, the closer it counts.

        wanting: what anything of what is watched has or could use at this moment, None where all of it idles
        """
        now = self._now()
        if wanting is not None:
            # CPU comes in ticks and may be ahead of the clock for a moment: the next look makes up for it.
            gone = (now - self._looked) - max(0.0, cpu - self._cpu)
            if wanting == "disk":
                most = _DISK_SECONDS + _DISK_SHARE * max(0.0, cpu - self._first)
                gone = min(gone, max(0.0, most - self._on_disk))
                self._on_disk += max(0.0, gone)
            self.waited = max(0.0, self.waited + gone)
        self._looked, self._cpu = now, cpu

    def seconds(self) -> float:
        """Those that count so far."""
        return self._now() - self._begin - self.waited
