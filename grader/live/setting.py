"""From outcomes to a record where no wall stood: the level "none", and a note that says how it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader import secret
from grader.judge.outcome import Outcome
from grader.lesson import Lesson
from grader.record import Fact, Record
from grader.report.words import Lang, Words
from grader.scoring import Setting, compose
from grader.submission import Submission
from grader.transcript import Transcript

Noted = tuple[str, Mapping[str, Fact]]


def composed(
    submission: Submission,
    transcript: Transcript,
    outcomes: Sequence[Outcome],
    notes: Sequence[Noted],
    lesson: Lesson,
    words: Words,
    lang: Lang,
) -> Record:
    """The record. What broke of ours stays undecided: there is no reference here to try it on."""
    setting = Setting.of(lesson, "none", secret.fingerprint(secret.PUBLIC), ())
    said = [(code, dict(facts)) for code, facts in notes]
    return compose(submission, transcript, outcomes, {}, said, setting, words, lang)
