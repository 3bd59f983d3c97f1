"""The record of a submission that could not be graded, by no fault of the student: its points are held."""

from __future__ import annotations

from collections.abc import Sequence

from grader.judge.outcome import Listed, Outcome
from grader.record import Fact, Record
from grader.report.words import Lang, Words
from grader.scoring import Setting, compose
from grader.submission import Submission
from grader.transcript import Transcript

_LONGEST = 300


def held(
    submission: Submission,
    transcript: Transcript,
    note: tuple[str, dict[str, Fact]],
    listed: Sequence[Listed],
    setting: Setting,
    words: Words,
    lang: Lang,
) -> Record:
    """No check has a verdict, a person has to look, and `note` says why."""
    outcomes = [
        Outcome(one.id, one.visibility, "crashed", one.points, [], 0.0, weak=one.weak) for one in listed
    ]
    return compose(submission, transcript, outcomes, {}, [note], setting, words, lang)


def because(error: Exception) -> tuple[str, dict[str, Fact]]:
    """The note that something of ours broke. What the error says may hold a student's text."""
    said = [line for line in str(error).splitlines() if line.strip()]
    last = said[-1].strip() if said else ""
    # The reply of a process of ours is a traceback, whose last line names its error already.
    trouble = last if len(said) > 1 else f"{type(error).__name__}: {last}"
    return "note.ours_broke", {"trouble": trouble[:_LONGEST]}
