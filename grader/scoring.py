"""From outcomes to a record: points, states, and words in the run's language."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Literal

from grader import __version__
from grader.errors import SubmissionError
from grader.judge.outcome import Found, Listed, Outcome
from grader.lesson import Lesson
from grader.record import Check, CheckState, Deadline, Environment, Fact, Finding, Note, Record, Run, Showing
from grader.report.words import Words
from grader.submission import Submission
from grader.totals import totalled
from grader.transcript import Transcript, steady

Lang = Literal["en", "ko"]

_LONGEST_TROUBLE = 300


@dataclass(frozen=True)
class Setting:
    """What a record says of the run it comes from."""

    sandbox: str
    seed: int
    secret: str
    walls: tuple[str, ...]
    showing: Showing
    deadline: Deadline | None
    lesson: str
    """The lesson's digest."""

    @classmethod
    def of(cls, lesson: Lesson, sandbox: str, secret: str, walls: tuple[str, ...]) -> Setting:
        """For a run of this lesson as it is now, at this level of the sandbox."""
        return cls(sandbox, lesson.seed, secret, walls, lesson.showing, lesson.deadline, lesson.digest)

    def environment(self) -> Environment:
        return Environment(
            grader=__version__,
            python=platform.python_version(),
            torch=_torch(),
            sandbox=self.sandbox,
            seed=self.seed,
            secret=self.secret,
            walls=list(self.walls),
            lesson=self.lesson,
        )


def unreadable(error: SubmissionError, listed: Sequence[Listed]) -> tuple[Transcript, list[Outcome]]:
    """A run that never began, and every check waiting for a notebook that can be read."""
    facts = dict(error.facts)
    transcript = Transcript("unreadable", None, error.code, facts, str(error))
    found = [Found(error.code, facts)]
    return transcript, [
        Outcome(c.id, c.visibility, "failed", c.points, found, 0.0, weak=c.weak) for c in listed
    ]


def held(
    submission: Submission,
    transcript: Transcript,
    note: tuple[str, dict[str, Fact]],
    listed: Sequence[Listed],
    setting: Setting,
    words: Words,
    lang: Lang,
) -> Record:
    """The record of a submission that could not be graded, by no fault of the student: no check has a
    verdict, a person has to look, and `note` says why."""
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
    return "note.ours_broke", {"trouble": trouble[:_LONGEST_TROUBLE]}


def compose(
    submission: Submission,
    transcript: Transcript,
    outcomes: Sequence[Outcome],
    broken: Mapping[str, bool],
    notes: Sequence[tuple[str, dict[str, Fact]]],
    setting: Setting,
    words: Words,
    lang: Lang,
) -> Record:
    """The record of one grading.

    `broken` says of each crashed outcome whether the reference breaks there too (then its points leave
    the maximum) or not (then a person has to look, and its points are held).
    """
    checks = [_check(outcome, broken, words, lang) for outcome in outcomes]
    said = [*[(n.code, dict(n.facts)) for n in submission.notes], *notes, *_grader_broken(outcomes, broken)]
    finding = None
    if transcript.code is not None:
        finding = _finding(Found(transcript.code, dict(transcript.facts)), None, words, lang)
    judged = Record(
        lesson=submission.lesson,
        student=submission.student,
        student_id=submission.student_id,
        notebook=submission.notebook,
        digest=submission.digest,
        score=0.0,
        raw_score=0.0,
        max_score=0.0,
        state="graded",
        run=Run(
            transcript.state,
            transcript.cell,
            transcript.message,
            transcript.seconds,
            finding,
            transcript.cells,
            transcript.losses,
            transcript.cpu_seconds,
        ),
        checks=checks,
        notes=[Note(code, words.note(code, facts, lang), facts) for code, facts in said],
        environment=setting.environment(),
        submitted=submission.submitted.isoformat() if submission.submitted else None,
        showing=setting.showing,
        deadline=setting.deadline,
        marked_late=submission.late,
        folder=submission.folder,
    )
    return totalled(judged)


@cache  # read out of a long file, which costs more than all the rest of a record
def _torch() -> str:
    return version("torch")


def _check(outcome: Outcome, broken: Mapping[str, bool], words: Words, lang: Lang) -> Check:
    state: CheckState
    found = outcome.found
    if outcome.state == "crashed":
        state = "broken" if broken.get(outcome.id) else "undecided"
        if _theirs(outcome, broken) and outcome.otherwise is not None:
            state, found = "failed", [outcome.otherwise]
    else:
        state = outcome.state
    return Check(
        id=outcome.id,
        title=words.check_title(outcome.id, lang),
        visibility=outcome.visibility,
        state=state,
        override=None,
        points=outcome.max_points if state == "passed" else 0.0,
        max_points=outcome.max_points,
        findings=[_finding(one, outcome.id, words, lang) for one in found],
        seconds=outcome.seconds,
        waits_for=outcome.waits_for,
        cpu_seconds=outcome.cpu_seconds,
        strength="weak" if outcome.weak else "judged",
    )


def _theirs(outcome: Outcome, broken: Mapping[str, bool]) -> bool:
    """Whether a test stopped at what the student's side gave it: on the reference it goes on there."""
    return outcome.otherwise is not None and not broken.get(outcome.id)


def _finding(found: Found, check: str | None, words: Words, lang: Lang) -> Finding:
    facts = _facts(found.facts)
    said = words.said(found.code, facts, lang, check)
    return Finding(found.code, said.headline, facts, found.evidence, found.where)


def _grader_broken(
    outcomes: Sequence[Outcome], broken: Mapping[str, bool]
) -> list[tuple[str, dict[str, Fact]]]:
    crashed = [o for o in outcomes if o.state == "crashed" and not _theirs(o, broken)]
    return [
        (
            "note.grader_broken",
            {"check": o.id, "trouble": (o.trouble or "").strip().splitlines()[-1:][0][:300]},
        )
        for o in crashed
        if o.trouble
    ]


def _facts(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    return {key: steady(value)[:400] if isinstance(value, str) else value for key, value in facts.items()}
