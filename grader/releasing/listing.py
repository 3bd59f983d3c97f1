"""The checks of a lesson with their points, as pytest collects them; no notebook is run for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from grader import warm
from grader.errors import LessonError
from grader.judge.brief import Brief
from grader.judge.outcome import Listed, Verdict

_SECONDS = 120.0


class Collector:
    """Collects in forks of a warm judge."""

    def __init__(self, judge: warm.Room) -> None:
        self._judge = judge

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[Collector]:
        """Starts the judge; raises `GraderBug` where it does not come up."""
        with warm.Room("grader.judge.server", "few") as judge:
            yield cls(judge)

    def listed(self, folder: Path, *, hidden: bool) -> list[Listed]:
        """The checks of the lesson in `folder`. Raises `LessonError` where they cannot be collected."""
        request = msgspec.json.encode(Brief(str(folder), b"", hidden))
        verdict = msgspec.json.decode(self._judge.ask("collect", request, seconds=_SECONDS), type=Verdict)
        if verdict.trouble is not None:
            raise LessonError(f"The checks in {folder} cannot be collected. {verdict.trouble}")
        return verdict.listed
