"""How much a place has used, and how a process of it ended: plain data, the same with walls and without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["memory", "processes", "disk"] | None


@dataclass(frozen=True)
class Usage:
    """What a room has used. cpu: seconds of all its processes, the dead included (to about 0.1 s).

    peak_memory: bytes, of what the room added to the zygote it was forked from
    verdict: the limit for which the room was killed
    waited: seconds in which it wanted a core and had none (see `clock`)
    """

    cpu: float
    peak_memory: int
    verdict: Verdict = None
    waited: float = 0.0


@dataclass(frozen=True)
class Ending:
    """How the guest process ended: by itself with an exit status, or by a signal's number."""

    how: Literal["exited", "signal"]
    code: int
