"""What the end of a check means: an exception, or none, as a state with what was found."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.judge.asserted import asserted, stopped
from grader.judge.finding import Finding, Undecided
from grader.judge.guest import GuestGone
from grader.judge.ordering import held
from grader.judge.outcome import Found, Outcome, State, found_of
from grader.judge.own_lines import own_assert, why_broken
from grader.judge.student import Student
from grader.judge.thrown import Thrown
from grader.judge.where import place

_MAX_TROUBLE = 4000


@dataclass(frozen=True)
class Ruling:
    """`otherwise`: what a crash is called where it is not ours, which the reference shows."""

    state: State
    found: list[Found]
    trouble: str | None = None
    otherwise: Found | None = None


BLOCKED = Ruling("blocked", [])


def ruled(
    error: BaseException | None,
    item: pytest.Item,
    folder: Path,
    student: Student | None,
    remarks: Sequence[Finding],
) -> Ruling:
    """What came of one run of a check of the lesson in `folder`."""
    conversation = student._conversation if student is not None else None
    if conversation is not None and conversation.ended is not None:
        error = conversation.ended  # a test's own `except` does not undo it
    if isinstance(error, Thrown):
        error = error.finding
    if conversation is not None and error is not None:
        error = asserted(error, folder) or error
    said = [found_of(remark) for remark in remarks]
    match error:
        case None:
            return Ruling("manual" if held(item) else "passed", said)
        case Finding():
            return Ruling("failed", [_placed(error, student), *said])
        case Undecided():
            return Ruling("undecided", [Found(error.code, error.facts)])
        case GuestGone():
            return Ruling("failed", [Found(error.code, {"name": "", "detail": error.detail})])
        case AssertionError() if own_assert(error, folder):
            return Ruling("failed", [Found("check.assertion", {"text": str(error)[:400]})])
        case _:
            text = "".join(traceback.format_exception(error)).rstrip()[-_MAX_TROUBLE:]
            trouble = f"{text}\n{why_broken(error, item, folder)}"
            asked = conversation is not None and conversation.begun
            otherwise = stopped(error, folder) if asked else None
            return Ruling("crashed", [], trouble, _placed(otherwise, student) if otherwise else None)


def _placed(finding: Finding, student: Student | None) -> Found:
    where = finding.where or place(finding, student)
    return Found(finding.code, finding.facts, finding.evidence, where)


def overruled(outcome: Outcome, by: Sequence[Outcome], outcomes: Mapping[str, Outcome]) -> Ruling | None:
    """What to say instead of a recording that nothing bears out: its check waits for what should have.

    by: the outcomes of what certifies it, as far as there are any. None where one of them has passed, or none
    is known. Where one could not be decided, or waits for what could not, nor can the recording: its points
    are held, since whoever lies in a recording may also be the one who broke what would have shown it.
    """
    if outcome.state != "passed" or not by or any(other.state == "passed" for other in by):
        return None
    roots = [other.root for other in by]
    open_ = next((root for root in roots if outcomes[root].state in ("crashed", "undecided")), None)
    return BLOCKED if open_ is None else Ruling("undecided", [Found("note.undecided", {"check": open_})])
