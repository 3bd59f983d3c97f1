"""What stands in the tables of this folder: hostile notebooks and files, and what must happen to each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.record import RunState


@dataclass(frozen=True)
class Hostile:
    """A notebook: its honest part, and what it does beside it.

    rows: the rows of the threats that it belongs to, such as "T1 T8"
    cells: its hostile cells, after those of `honest`
    honest: the name of its honest part; no check may pass that this part alone does not pass
    exactly: the attack touches nothing, so exactly the checks of the honest part pass
    run, cell: how the run ends, any of `run`, and where (None: not asked)
    codes: findings that some check, or the run, must have
    says: text that the cells must have printed, to show that the attack was made
    noted: what of it the instructor must be told: facts `what` of notes, or parts of them. Whether a reply
        too many is `reply_unasked`, or `reply_number` because it came a moment later, the kernel decides
    first: hostile cells that stand before the honest part
    metadata: of the notebook
    only: the levels of the sandbox that promise it; empty for both
    """

    rows: str
    cells: tuple[str, ...]
    honest: str = "nothing"
    exactly: bool = True
    run: tuple[RunState, ...] = ("finished",)
    cell: int | None = None
    codes: tuple[str, ...] = ()
    says: str = ""
    noted: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    only: str = ""


def rows_of(table: Mapping[str, Hostile]) -> set[str]:
    """The rows of the threats that a table has a notebook for."""
    return {row for case in table.values() for row in case.rows.split()}
