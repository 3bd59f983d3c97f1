"""What became of one notebook that mutation made: plain data, kept between runs."""

from __future__ import annotations

from typing import Literal

import msgspec

from grader.mutation.messages import Told
from grader.record import Record

Fate = Literal["killed", "stopped", "held", "full"]
_RAISED = ("call.failed", "call.out_of_time")


class Trial(msgspec.Struct, frozen=True):
    """`fate`: killed by a finding of `check`; stopped, where points are lost because the notebook itself
    raised or ran out of time; held, where a check of ours broke on it; full marks.

    finding: the first of that check; remarks: codes of what passed checks remarked
    told: how it compares with the original, where it was compared
    cells_cpu, checks_cpu, check_cpu: seconds of CPU of its cells, of all checks, of the dearest check
    """

    fate: Fate
    check: str = ""
    finding: str = ""
    run: str = "finished"
    remarks: list[str] = []
    told: Told | None = None
    seconds: float = 0.0
    cells_cpu: float = 0.0
    checks_cpu: float = 0.0
    check_cpu: float = 0.0


def tried(record: Record) -> Trial:
    """The trial that this record is of; its checks are in the order in which they ran."""
    cpu = [check.cpu_seconds or 0.0 for check in record.checks]
    worth = [check for check in record.checks if check.max_points > 0]
    lost = next((check for check in worth if check.state in ("failed", "undecided", "broken")), None)
    # Where what it waits for is worth nothing, or has nothing to bear it out, a check loses points by itself.
    lost = lost or next((check for check in worth if check.state == "blocked"), None)
    code = "" if lost is None or not lost.findings else lost.findings[0].code
    fate: Fate = "full"
    if lost is not None and lost.state in ("undecided", "broken"):
        fate = "held"
    elif lost is not None:
        fate = "stopped" if _stopped(record, code) else "killed"
    return Trial(
        fate,
        "" if lost is None else lost.id,
        code,
        record.run.state,
        sorted({one.code for check in record.checks if check is not lost for one in check.findings})
        if fate == "full"
        else [],
        None,
        round(record.run.seconds + sum(check.seconds for check in record.checks), 2),
        record.run.cpu_seconds or 0.0,
        sum(cpu),
        max(cpu, default=0.0),
    )


def _stopped(record: Record, code: str) -> bool:
    """Whether Python's own message says what is wrong, and no check had to find it."""
    return (
        code in _RAISED
        or code.startswith("notebook.")
        or (code == "name.missing" and record.run.state != "finished")
    )
