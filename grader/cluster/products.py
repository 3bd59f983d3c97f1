"""What comes back of a submission, compared with what was asked for; or made here where nothing came."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grader import record as records
from grader import warm
from grader.cluster import messages
from grader.cluster.messages import Reply, Terms
from grader.cluster.seats import LOSSES
from grader.errors import ClusterError, GraderBug, LessonError
from grader.judge.outcome import Listed
from grader.lesson import Lesson
from grader.people.settling import settled
from grader.record import Fact
from grader.report.words import Words
from grader.scoring import Setting, held
from grader.transcript import Transcript
from grader.work import Product, Work, rendered

_MOST_RECORD = 6_000_000
_MOST_PAGE = 11_000_000


class WorkerFailed(ClusterError):
    """The worker cannot do what it was admitted for."""


def product_of(reply: bytes, work: Work, terms: Terms) -> Product:
    """The product in a reply.

    Raises `LessonError` or `GraderBug` where that is what went wrong there, `WorkerFailed` where the worker
    or what it gave back is at fault.
    """
    try:
        read = messages.unpack(reply, Reply)
    except ClusterError as error:
        raise WorkerFailed(str(error)) from error
    if read.failed is not None:
        kinds = {"author": LessonError, "us": GraderBug, "worker": WorkerFailed}
        raise kinds[read.failed.who](read.failed.message)
    if read.product is None:
        raise WorkerFailed("It gave back no record.")
    wrong = _wrong(read.product, work, terms)
    if wrong is not None:
        raise WorkerFailed(f"It gave back what was not asked for: {wrong}.")
    return read.product


def lost(
    work: Work, lesson: Lesson, terms: Terms, listed: Sequence[Listed], words: Words, desk: warm.Room
) -> Product:
    """The record and pages of a submission with which one worker after the other was lost: a person looks."""
    message = f"{LOSSES} workers of the cluster ended while they graded this notebook."
    transcript = Transcript("died", None, "notebook.died", {}, message)
    assert terms.level is not None
    setting = Setting.of(lesson, terms.level, terms.fingerprint, terms.walls)
    note: tuple[str, dict[str, Fact]] = ("note.lost_workers", {"count": LOSSES})
    record = held(work.submission, transcript, note, listed, setting, words, terms.lang)
    return rendered(settled(record, work.sheet, words, terms.lang), desk, str(lesson.folder), terms.lang)


def _wrong(product: Product, work: Work, terms: Terms) -> str | None:
    if len(product.record) > _MOST_RECORD or max(len(product.student), len(product.instructor)) > _MOST_PAGE:
        return "a record or page that is too large"
    try:
        record = records.decode(product.record)
    except (msgspec.MsgspecError, RecursionError) as error:
        return f"a record that cannot be read ({error})"
    asked, run = work.submission, record.environment
    wanted = {
        "lesson": (record.lesson, terms.lesson),
        "student": (record.student, asked.student),
        "student's id": (record.student_id, asked.student_id),
        "notebook": (record.digest, asked.digest),
        "grader": ((run.grader, run.python, run.torch), _versions(terms)),
        "sandbox level": (run.sandbox, terms.level),
        "secret": (run.secret, terms.fingerprint),
    }
    return next(
        (f"the record of another {part}" for part, (came, due) in wanted.items() if came != due), None
    )


def _versions(terms: Terms) -> tuple[str, str, str]:
    return terms.versions.grader, terms.versions.python, terms.versions.torch
