"""What the driver and the process that compares notebooks say to each other."""

from __future__ import annotations

import msgspec

from grader.sandbox.limits import Limits


class Comparison(msgspec.Struct, frozen=True):
    """Which two to compare: the rooms' keepers, the lesson, the key of the draw, and how far to search."""

    folder: str
    digest: str
    key: bytes
    original: int
    other: int
    limits: Limits
    rounds: int
    seconds: float


class Told(msgspec.Struct, frozen=True):
    """What a comparison gave. `request` and `what` say what told the two apart, `check` who asked it first;
    `searched`: by a request of the wide search, no check's own. `trouble`: it could not be done."""

    asked: int = 0
    rounds: int = 0
    check: str = ""
    request: str = ""
    what: str = ""
    searched: bool = False
    trouble: str = ""

    @property
    def differs(self) -> bool:
        return bool(self.what)
