"""The boundary to the student's side, one verb wide: `ask`. A fake of it makes every probe testable."""

from __future__ import annotations

from typing import Protocol

from grader.wire.replies import Reply
from grader.wire.requests import Request


class GuestGone(Exception):
    """No usable answer from the student's side. `code`: call.failed, call.out_of_time, reply.malformed."""

    def __init__(self, code: str, detail: str = "", seconds: float = 0.0) -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail
        self.seconds = seconds


class Guest(Protocol):
    """Answers requests about one submission, each from a state in which only its cells have run."""

    def ask(self, request: Request, payload: bytes) -> tuple[Reply, bytes]:
        """The reply and its payload. Raises `GuestGone` where none came.

        What trains is answered by a snapshot that no other check shares, all else by one that checks
        share; any trouble there is asked again of a fresh one.
        """
        ...
