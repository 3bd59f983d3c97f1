"""What a run has changed, compared with the records that lay there before it.

The next run goes on with one that was ended early: both are compared with what lay there before the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec

from grader import regrade as regrades
from grader.journal.store import Journal
from grader.output import Shelf
from grader.record import UNREADABLE, Record
from grader.submission import Submission


class Comparing:
    """The comparison of one class in one run."""

    def __init__(
        self,
        lesson: str,
        class_: Sequence[Submission],
        shelf: Shelf,
        journal: Journal | None,
        there: Sequence[Record],
    ) -> None:
        """`there`: the records that lie there now, slim."""
        self._lesson, self._class, self._shelf, self._journal = lesson, class_, shelf, journal
        if journal is not None:
            before = journal.begin(msgspec.json.encode(there))
            # Another version of the grader may have written it otherwise: then what lies there now counts.
            with suppress(*UNREADABLE):
                there = msgspec.json.decode(before, type=list[Record])
        self._before = {record.student_id: record for record in there}

    def write(self, graded: Mapping[str, Record]) -> regrades.Regrade | None:
        """Writes down what this run changed, where records lay there before. `graded`: by student_id."""
        if not self._before:
            (self._shelf.folder / regrades.NAME).unlink(missing_ok=True)
            return None
        ordered = [graded[one.student_id] for one in self._class if one.student_id in graded]
        # One notebook by itself is added to a class: nobody else was meant to be among the submissions.
        handed_in = {one.student_id for one in self._class}
        handed_in |= set(self._before) if len(self._class) == 1 else set()
        regrade = regrades.compared(self._lesson, self._before, ordered, handed_in)
        self._shelf.write(regrades.NAME, regrades.encode(regrade))
        return regrade

    def end(self) -> None:
        """The run is over and whole: the next one is compared with what it leaves."""
        if self._journal is not None:
            self._journal.end()
