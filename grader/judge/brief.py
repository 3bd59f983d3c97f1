"""What a judge is told about a submission, and no more."""

from __future__ import annotations

import msgspec


class Brief(msgspec.Struct, frozen=True):
    """`key` belongs to this lesson and submission alone; the course's secret never comes here.

    `hidden`: hidden checks too. `only`: one check and what it needs. `keeper`: process id of the room's
    keeper, 0 where there is no room. `digest`: of the lesson as it is now, where it may change while a
    judge knows it.
    """

    folder: str
    key: bytes
    hidden: bool
    only: str | None = None
    keeper: int = 0
    digest: str = ""
