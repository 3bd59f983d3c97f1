"""Errors, by who must act.

    GraderError
    ├─ SubmissionError   the student acts: the file is no notebook that can be read
    ├─ LessonError       the lesson's author acts: a bad lesson.toml, words missing, a check that is no check
    ├─ SandboxError      the operator acts: no wall of the asked level stands on this machine
    ├─ UsageError        the operator acts: a command that cannot be carried out as it was given
    ├─ ClusterError      the operator acts: the cluster cannot be reached, or no worker of it fits
    └─ GraderBug         we act: something of ours broke; no student pays for it

    Finding(AssertionError)   (judge/finding.py) no error: what a check found, a code with facts and evidence
    WireError                 (wire/frames.py) the guest's end cannot be understood; the student's call failed

Every message says what happened and what to do next.
"""

from __future__ import annotations


class GraderError(Exception):
    """The root: catch this to catch everything that the grader raises on purpose."""


class SubmissionError(GraderError):
    """A submission cannot be read. `code` names the mistake (findings.md), `facts` fill its words."""

    def __init__(self, message: str, code: str = "notebook.unreadable", **facts: str | int | float) -> None:
        super().__init__(message)
        self.code = code
        self.facts = facts


class LessonError(GraderError):
    """A lesson is not usable as its author left it."""


class SandboxError(GraderError):
    """The machine cannot give the wall that was asked for; says which part failed and what to install."""


class UsageError(GraderError):
    """The command line asks for something that cannot be done: a missing folder, an unknown lesson."""


class ClusterError(GraderError):
    """The cluster cannot do what it is asked for; what is graded by then is kept, and can be gone on with."""


class GraderBug(GraderError):
    """A part of ours did not keep its promise. The record says `broken` or `undecided`, never `failed`."""
