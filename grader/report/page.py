"""The report of one submission: one offline file, readable without script, in both languages.

Two views of one record: the student's, which shows of a hidden check its promise, state, points and our
own words alone, and the instructor's, which shows everything and the notes.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from markupsafe import Markup, escape

from grader.record import Check, Finding, Note, Record, Where
from grader.report import by_hand, ran, view
from grader.report.audience import for_student
from grader.report.dates import said_moment
from grader.report.frame import render
from grader.report.lateness import rule
from grader.report.notebook import ShownCell, shown_cells
from grader.report.pictures import Pictures
from grader.report.prose import Prose, SaidTwice, inline
from grader.report.sentences import clean, one_line, said_number, said_seconds
from grader.report.verdict import lead, verdict
from grader.report.words import Lang, Words

LARGEST = 10_000_000
LONGEST_LINE = 300


@dataclass(frozen=True)
class Line:
    """One line of the student's own, split around the part to look at."""

    before: str
    token: str
    after: str
    marked: bool


def student_page(
    record: Record, words: Words, lang: Lang = "en", source: str | None = None, *, now: datetime | None = None
) -> str:
    """The student's report. `source` is the notebook's path in the commands it shows; `now` (aware) decides
    whether what hidden checks found may be read already."""
    return _page(for_student(record, words, now), words, lang, source, "student", record.showing.open(now))


def instructor_page(record: Record, words: Words, lang: Lang = "en", source: str | None = None) -> str:
    """The same with everything that is hidden from the student, and the notes."""
    return _page(record, words, lang, source, "instructor", True)


def _page(
    record: Record, words: Words, lang: Lang, source: str | None, audience: view.Audience, findings_open: bool
) -> str:
    prose = Prose(words, lang)
    cells = shown_cells(record.run.cells, prose)
    page = _render(record, prose, source, audience, findings_open, cells)
    if len(page.encode()) <= LARGEST:
        return page
    bare = [replace(cell, outputs=[]) for cell in cells]
    fits = sum(len(cell.source) for cell in bare) < LARGEST // 2
    return _render(record, prose, source, audience, findings_open, bare if fits else [])


def _render(
    record: Record,
    prose: Prose,
    source: str | None,
    audience: view.Audience,
    findings_open: bool,
    cells: Sequence[ShownCell],
) -> str:
    code_cells = [cell for cell in record.run.cells if cell.kind == "code" and cell.number is not None]
    lesson = prose.each(lambda lang: inline(prose.words.lesson_title(lang) or one_line(record.lesson, 80)))
    notebook = shlex.quote(one_line(source or record.notebook or "notebook.ipynb", 120))
    context: dict[str, Any] = {
        "record": record,
        "groups": view.groups(record),
        "instructor": audience == "instructor",
        "lesson": lesson,
        "title": prose.plain(
            "page.title",
            score=record.score,
            max=record.max_score,
            lesson=prose.words.lesson_title(prose.first) or record.lesson,
            student=one_line(record.student, 80),
        ),
        "skip_to": "todo",
        "verdict": verdict(record, prose),
        "lead": lead(record, prose, anchor),
        "cells": cells,
        "cell_numbers": {cell.cell.number for cell in cells if cell.cell.kind == "code"},
        "code_cells": code_cells,
        "slowest": ran.slowest(code_cells),
        "ran": ran.said(record, code_cells, prose),
        "losses": ran.losses(record, prose),
        "width_of": partial(ran.width, total=sum(cell.seconds for cell in code_cells)),
        "dispute": _dispute(record),
        "environment": _environment(record, prose, audience),
        "glyphs": view.GLYPHS,
        "state_of": view.state_of,
        "shows": lambda check: view.open_to(check, audience),
        "kept_back": lambda check: not findings_open and check.visibility == "hidden",
        "kept_why": _kept_why(record, prose),
        "told_of": lambda number: view.told_of(number, record, audience),
        "anchor": anchor,
        "number": said_number,
        "line": one_line,
        "excerpt": excerpt,
        "draw": Pictures(prose).draw,
        "name": prose.title,
        "promise": lambda check: _promise(check, prose),
        "say": partial(_say, prose=prose, audience=audience),
        "headline": lambda check: _say(findings(check)[0], check, prose, audience).headline,
        "findings": findings,
        "run_place": view.run_place(record),
        "known": lambda finding: prose.words.knows(finding.code),
        "waits": [(_waiting(root, len(of), record, prose), of) for root, of in view.waits(record)],
        "told_before": _told_before(record),
        "with_points": lambda key, value: prose.woven(key, {"points": prose.points(value)}),
        "cell_seconds": lambda cell: ran.cell_seconds(cell, prose),
        "cell_time": said_seconds,
        "said_note": lambda note: said_note(note, prose),
        "comment": by_hand.comment,
        "late_rule": rule(record, prose),
        "excuse": record.excuse.comment if record.excuse else "",
        "override_command": lambda check: by_hand.command(record, check),
        "command": lambda check: f"grader check {notebook} --only {shlex.quote(one_line(check.id, 120))}",
    }
    return render("page.html", prose, context)


def anchor(check_id: str) -> str:
    """An id for the page that a link can name."""
    return "check-" + re.sub(r"[^\w-]", "-", check_id)


def findings(check: Check) -> Sequence[Finding]:
    """The check's findings; a general one where a failed check came without."""
    return check.findings or [Finding(code="check.unknown", message="")]


def _told_before(record: Record) -> set[str]:
    """Failed checks whose finding an earlier card explains already; theirs are folded."""
    told: set[str] = {record.run.finding.code} if record.run.finding else set()
    again = set()
    for check in view.groups(record).failed:
        code = findings(check)[0].code
        if code in told:
            again.add(check.id)
        told.add(code)
    return again


def excerpt(where: Where) -> list[Line]:
    """The student's lines, the token of the marked one apart (the whole line where none is known)."""
    lines = []
    for at, raw in enumerate(where.lines):
        text = clean(raw).rstrip("\n")[:LONGEST_LINE]
        if at != where.marked:
            lines.append(Line(text, "", "", False))
            continue
        token = clean(view.underlined(where))
        start = text.find(token) if token else -1
        if start < 0:
            indent = len(text) - len(text.lstrip())
            lines.append(Line(text[:indent], text[indent:], "", True))
        else:
            lines.append(Line(text[:start], token, text[start + len(token) :], True))
    return lines


def _say(finding: Finding, check: Check | None, prose: Prose, audience: view.Audience) -> SaidTwice:
    return prose.said(finding, check, with_facts=check is None or view.open_to(check, audience))


def _waiting(root: Check | None, count: int, record: Record, prose: Prose) -> Markup:
    """What so many checks wait for."""
    if root is None:
        return prose.ui("page.blocked_plain", n=count)
    if root.override is not None and view.state_of(root) != "failed":
        return prose.woven("page.blocked_person", {"check": partial(_link, root, prose)}, n=count)
    if view.is_echo(root, record):
        return prose.ui("page.echo", n=count)
    return prose.woven("page.blocked", {"check": partial(_link, root, prose)}, n=count)


def _link(check: Check, prose: Prose, lang: Lang) -> Markup:
    return Markup('<a href="#{}">{}</a>').format(anchor(check.id), inline(prose.title_in(check, lang)))


def _kept_why(record: Record, prose: Prose) -> Markup:
    """Why nothing is said of what a hidden check found."""
    due = record.showing.due
    if record.showing.hidden_findings != "after_due" or due is None:
        return prose.ui("page.kept_back")
    return prose.woven("page.kept_until", {"due": lambda lang: inline(said_moment(due, prose.words, lang))})


def _promise(check: Check, prose: Prose) -> Markup:
    return prose.woven("page.promise", {"title": lambda lang: inline(prose.title_in(check, lang))})


def said_note(note: Note, prose: Prose) -> Markup:
    """A note to the instructor in words."""

    def say(lang: Lang) -> Markup:
        known = prose.words.knows(note.code)
        return inline(prose.words.note(note.code, note.facts, lang) if known else one_line(note.message))

    return prose.each(say)


def _dispute(record: Record) -> str:
    environment = record.environment
    return one_line(
        f"{record.lesson} · {record.student_id} · sha256 {record.digest[:12]}"
        f" · {said_number(record.score)}/{said_number(record.max_score)}"
        f" · grader {environment.grader} · seed {environment.seed} · secret {environment.secret[:12]}"
    )


def _environment(record: Record, prose: Prose, audience: view.Audience) -> Markup:
    environment = record.environment
    text = prose.ui(
        "page.environment",
        grader=environment.grader,
        python=environment.python,
        torch=environment.torch,
        sandbox=environment.sandbox,
        seed=environment.seed,
    )
    if not environment.walls or audience == "student":
        return text + "."
    walls = escape(", ".join(one_line(wall, 60) for wall in environment.walls))
    return text + ". " + prose.woven("page.walls", {"walls": lambda lang: walls})
