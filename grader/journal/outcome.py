"""A result without its student and without words, and the record that it gives one again.

What is kept is what the notebook, the lesson and the grader lead to. Who handed it in, when, and
what people said of it belongs to the record alone.
"""

from __future__ import annotations

from msgspec.structs import replace

from grader.lesson import Lesson
from grader.people.settling import settled
from grader.people.sheet import Sheet
from grader.record import Check, Finding, Note, Record
from grader.report.words import Lang, Words
from grader.submission import Submission
from grader.totals import totalled


def worth_keeping(record: Record) -> bool:
    """Whether the record would be the same another time.

    Where something of ours broke, or could not tell, it may have been for a reason that is gone: such a
    submission is graded in every run, until it can be told or a person has decided.
    """
    return not any(check.state in ("undecided", "broken") for check in record.checks)


def bare(record: Record, submission: Submission, words: Words, lang: Lang) -> Record:
    """The record of `submission` as it is kept."""
    plain = settled(record, Sheet(), words, lang)
    return replace(
        plain,
        student="",
        student_id="",
        notebook="",
        submitted=None,
        marked_late=False,
        folder="",
        notes=[replace(note, message="") for note in plain.notes[len(submission.notes) :]],
        run=replace(plain.run, finding=_silent(plain.run.finding) if plain.run.finding else None),
        checks=[
            replace(check, title="", findings=[_silent(one) for one in check.findings])
            for check in plain.checks
        ],
    )


def restored(kept: Record, submission: Submission, lesson: Lesson, words: Words, lang: Lang) -> Record:
    """The record of `submission`, as grading it now would give it, before people's say."""
    own = [Note(one.code, "", dict(one.facts)) for one in submission.notes]
    finding = kept.run.finding
    return totalled(
        replace(
            kept,
            student=submission.student,
            student_id=submission.student_id,
            notebook=submission.notebook,
            submitted=submission.submitted.isoformat() if submission.submitted else None,
            marked_late=submission.late,
            folder=submission.folder,
            showing=lesson.showing,
            deadline=lesson.deadline,
            environment=replace(kept.environment, lesson=lesson.digest),
            notes=[
                replace(note, message=words.note(note.code, note.facts, lang)) for note in [*own, *kept.notes]
            ],
            run=replace(kept.run, finding=_said(finding, None, words, lang) if finding else None),
            checks=[_worded(check, words, lang) for check in kept.checks],
        )
    )


def _silent(finding: Finding) -> Finding:
    return replace(finding, message="")


def _worded(check: Check, words: Words, lang: Lang) -> Check:
    title = words.check_title(check.id, lang)
    return replace(check, title=title, findings=[_said(one, check.id, words, lang) for one in check.findings])


def _said(finding: Finding, check: str | None, words: Words, lang: Lang) -> Finding:
    return replace(finding, message=words.said(finding.code, finding.facts, lang, check).headline)
