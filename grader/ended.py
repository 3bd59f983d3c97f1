"""Why the run of a notebook's cells came to an early end."""

from __future__ import annotations

from typing import Literal

from grader.record import Fact, RunState
from grader.sandbox.usage import Ending

_SPENT = {
    "cell_cpu": "of CPU for one cell",
    "cells_cpu": "of CPU for all cells",
    "cells_wall": "of wall clock for all cells",
}


class Ended(Exception):
    """The run has to end now: `state` as in the record, `detail` in English, `facts` for the sentences."""

    def __init__(self, state: RunState, detail: str = "", facts: dict[str, Fact] | None = None) -> None:
        super().__init__(detail)
        self.state: RunState = state
        self.detail = detail
        self.facts = facts or {}


def out_of_time(limit: Literal["cell_cpu", "cells_cpu", "cells_wall"], seconds: float) -> Ended:
    """The limit of this name, `seconds` long, is spent."""
    return Ended("out_of_time", f"{seconds:g} s {_SPENT[limit]}", {"seconds": seconds, "limit": limit})


def out_of_memory(most: int) -> Ended:
    """More than `most` bytes were in use."""
    allowed = f"{most >> 20} MiB"
    return Ended("out_of_memory", allowed, {"limit": allowed})


def died(ending: Ending) -> Ended:
    """The process ended by itself or by a signal."""
    return Ended("died", f"{ending.how} {ending.code}", {"ending": ending.how, "status": ending.code})
