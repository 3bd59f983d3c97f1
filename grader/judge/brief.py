"""What a judge is told about a submission, and no more."""

from __future__ import annotations

import msgspec

from grader.sandbox.limits import Limits


class Brief(msgspec.Struct, frozen=True):
    """`key` belongs to this lesson and submission alone; the course's secret never comes here.

    `hidden`: hidden checks too. `only`: one check and what it needs. `keeper`: process id of the room's
    keeper, 0 where there is no room. `digest`: of the lesson as it is now, where it may change while a
    judge knows it. `limits`: in place of the lesson's own. `fail_fast`: the first check that loses points is
    the last one that runs.
    """

    folder: str
    key: bytes
    hidden: bool
    only: str | None = None
    keeper: int = 0
    digest: str = ""
    limits: Limits | None = None
    fail_fast: bool = False
