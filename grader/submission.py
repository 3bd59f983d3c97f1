"""A submission: whose notebook for which lesson, and the bytes that were read, once.

A `Submission` stands for everything that was handed in, also for what cannot be run: then `problem` says
why, and its record is of the state `unreadable`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from grader.errors import SubmissionError
from grader.notebook import Noted
from grader.record import Fact


@dataclass(frozen=True)
class Problem:
    """Why nothing can be run. `facts["reason"]` is a short code, `message` the same in English."""

    code: str
    facts: dict[str, Fact]
    message: str

    def error(self) -> SubmissionError:
        """The same to be raised."""
        return SubmissionError(self.message, self.code, **self.facts)


@dataclass(frozen=True)
class Submission:
    """One student's notebook for one lesson."""

    lesson: str
    student: str
    """The name as it was found, exactly."""
    student_id: str
    """Who it is: the id of the learning platform, else the name of the folder or file."""
    notebook: str
    """The file's name, without any folder."""
    source: bytes | Callable[[], bytes] = field(repr=False)
    """What was read, or what gives it again, so that a class need not be held in memory; empty where there
    is a problem."""
    notes: list[Noted] = field(default_factory=list)
    problem: Problem | None = None
    submitted: datetime | None = None
    """When it was handed in, as the learning platform says; None where it does not."""
    late: bool = False
    """Whether the learning platform marked it as late."""
    folder: str = ""
    """The learning platform's folder that it came in, exactly; empty where there is none."""

    @property
    def content(self) -> bytes:
        """The bytes of the notebook's file."""
        return self.source if isinstance(self.source, bytes) else self.source()

    def loaded(self) -> Submission:
        """The same, with its bytes in memory."""
        return replace(self, source=self.content)

    @cached_property
    def digest(self) -> str:
        """sha256 of `content`, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def unreadable(reason: str, message: str, **facts: Fact) -> Problem:
    """A problem of the code `notebook.unreadable`."""
    return Problem("notebook.unreadable", {"reason": reason, **facts}, message)
