"""Test code that runs on the student's side: what comes back is no more than what that side says."""

from __future__ import annotations

from grader.judge.answer import failure, unfit
from grader.judge.finding import Finding
from grader.judge.student import Student
from grader.wire.remote import Ran, Run
from grader.wire.replies import Failed


def weakly(student: Student, source: str) -> None:
    """Runs `source` among the notebook's names, in a snapshot of its own with all limits of requests.

    The code crosses the wall: a notebook can read it, and can be written so that nothing in it raises. A
    check of this kind certifies that an honest notebook passes it, and nothing of a dishonest one.

    Raises `weak.raised`, or what every request may be: out of time, died, malformed.
    """
    student._weak = True
    reply, _ = student._asked(Run(source), b"", about="")
    if isinstance(reply, Failed):
        raise failure(reply.error, "")
    if not isinstance(reply, Ran):
        raise unfit(reply, "")
    if reply.error is None:
        return
    known = failure(reply.error, "")
    if known.code == "notebook.not_attempted":
        raise known
    lines = source.splitlines()
    line = lines[reply.line - 1].strip() if 1 <= reply.line <= len(lines) else ""
    facts = {"type": reply.error.type, "message": reply.error.message, "line": line}
    raise Finding("weak.raised", facts=facts, where=known.where)
