"""One job for a live notebook: find the lesson, ask its public checks, say what came of it."""

from __future__ import annotations

import json
import os
import socket
import traceback
from collections.abc import Sequence
from pathlib import Path

from grader import secret
from grader.errors import GraderError
from grader.judge.run import run_checks
from grader.judge.task import Guests
from grader.lesson import Lesson
from grader.live.choosing import Unclear, check_for, lesson_for
from grader.live.line_guest import LineGuests, patience_of
from grader.live.setting import Noted, composed
from grader.record import Record
from grader.report.live import live_cards
from grader.report.live_message import message
from grader.report.terminal import check_screen
from grader.report.words import Lang, Words
from grader.submission import Submission
from grader.transcript import Transcript
from grader.wire.frames import Channel
from grader.wire.live import Job
from grader.wire.pipes import Line

Bundle = dict[str, str]
_MOST_LISTED = 24
VERDICTS = "grader"
"""Beside the MIME types: what becomes metadata of the output, for programs."""
_WAYS = {"snapshot": "note.live_snapshot", "copies": "note.live_copies"}
_UNNAMED = "Untitled.ipynb"


def done(job: Job, line: Line, host: socket.socket | None) -> tuple[bool, bytes]:
    """Whether every check passed, and what to show as JSON. Never raises but for a broken line."""
    lang: Lang = "ko" if job.lang == "ko" else "en"
    plain = Words.load(None)
    try:
        lesson, only = _asked(job)
        words = Words.load(lesson.words)
        record = _record(lesson, only, job, words, lang, line, host)
        return _passed(record), json.dumps(_shown(record, lesson, job, words, lang)).encode()
    except Unclear as unclear:
        said = ", ".join(unclear.which[:_MOST_LISTED])
        text = plain.ui(f"live.{unclear.key}", lang, which=said, said=unclear.said)
    except GraderError as error:
        text = plain.ui("live.broken_lesson", lang, said=str(error))
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error} ({os.path.basename(where.filename)}, line {where.lineno})"
        text = plain.ui("live.our_fault", lang, said=said[:400])
    return False, json.dumps({"text/plain": text, "text/html": message(text, lang)}).encode()


def _asked(job: Job) -> tuple[Lesson, str | None]:
    os.chdir(job.folder)  # lessons are looked for from where the notebook runs
    lesson = lesson_for(job.lesson, job.notebook, Path(job.folder), job.names)
    known = lesson.expected_checks(hidden=False) if lesson.check_files(hidden=False) else {}
    if not known:
        raise Unclear("no_public", ())
    return lesson, None if job.check is None else check_for(job.check, known)


def _record(
    lesson: Lesson,
    only: str | None,
    job: Job,
    words: Words,
    lang: Lang,
    line: Line,
    host: socket.socket | None,
) -> Record:
    submission = Submission(lesson.name, "live", "live", Path(job.notebook or _UNNAMED).name, b"live")
    key = secret.derive(secret.PUBLIC, lesson.name, "live")
    verdict = run_checks(lesson, _guests(lesson, job, line, host), key, hidden=False, only=only)
    if verdict.trouble is not None:
        raise GraderError(verdict.trouble.strip().splitlines()[-1][:400])
    note: Noted = (_WAYS[job.way], {})
    return composed(submission, Transcript(), verdict.outcomes, [note], lesson, words, lang)


def _guests(lesson: Lesson, job: Job, line: Line, host: socket.socket | None) -> Guests:
    if host is None:
        return LineGuests(line, lesson.limits)
    # Only where there are forks is there what these need.
    from dataclasses import replace

    from grader.judge.snapshots import Snapshots
    from grader.live.sweeping import HostSweeper

    limits = replace(lesson.limits, request_wall=patience_of(lesson.limits))
    return Snapshots(Channel(host), HostSweeper(job.host), limits, job.host)


def _passed(record: Record) -> bool:
    return all(check.state in ("passed", "manual") for check in record.checks)


def _shown(record: Record, lesson: Lesson, job: Job, words: Words, lang: Lang) -> Bundle:
    reason = f"_{job.why}" if job.why in ("cuda", "threads") else ""
    way = words.ui(f"live.{job.way}{reason}", lang)
    hidden = _hidden(lesson) if job.check is None else 0.0
    screen = check_screen(record, words, lang, job.all, width=job.width, hidden_points=hidden, told=way)
    html = live_cards(record, words, lang, way, all=job.all, hidden=hidden)
    return {"text/plain": screen.plain, "text/html": html, VERDICTS: _machine(record)}


def _machine(record: Record) -> str:
    """The verdicts for programs: what a test or a script reads."""
    checks: Sequence[object] = [
        {"id": c.id, "state": c.state, "findings": [f.code for f in c.findings]} for c in record.checks
    ]
    return json.dumps({"lesson": record.lesson, "score": record.score, "checks": checks})


def _hidden(lesson: Lesson) -> float:
    return lesson.hidden_points or 0.0
