"""What the driver and the process that reads code say to each other."""

from __future__ import annotations

import msgspec


class Marked(msgspec.Struct, frozen=True):
    """What is known of one notebook's own code, or the `reason` (of `notebook.unreadable`) why nothing is."""

    marks: list[int] = []
    """Its fingerprints."""
    tokens: int = 0
    """How many are its own."""
    cut: bool = False
    """Whether there was more code than is compared."""
    reason: str = ""


class PairRequest(msgspec.Struct, frozen=True):
    """Two notebooks (their files' bytes) to be laid side by side.

    What their students are `called`, and the `weights` of the fingerprints of both.
    """

    left: bytes
    right: bytes
    called: tuple[str, str]
    weights: dict[int, float]


class PairReply(msgspec.Struct, frozen=True):
    """What two share, as in `measure.Alike`; `html` shows it, where the pair is to be listed."""

    left_share: float
    right_share: float
    tokens: float
    passages: int
    html: str | None
