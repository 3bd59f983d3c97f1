"""The class page: what to teach next, who needs a person, which mistakes are shared, how each check fared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from grader.record import Check, CheckState, Record
from grader.regrade import Change, Person, Regrade
from grader.report import by_hand, class_view, teaching, view
from grader.report.causes import causes
from grader.report.class_view import Health
from grader.report.frame import render
from grader.report.lateness import short
from grader.report.page import anchor, said_note
from grader.report.prose import Prose, inline
from grader.report.sentences import one_line, said_number, said_seconds
from grader.report.words import Lang, Words

LEGEND = ("passed", "failed", "blocked", "undecided", "broken")
"""States that are explained whether or not the class has them."""
MOST_COMMON = 8
MOST_SUSPICIONS = 5
MOST_NEEDING = 10
LONGEST_NAME = 40
LONG = 100
"""Rows above which a table is cut into groups of a known size: a browser lays out only those in sight."""
TOGETHER = 50
"""Rows in such a group: a window and its surroundings hold few of them, and 5,000 rows are but 100 boxes."""

CELLS: Mapping[str, Markup] = {
    "": Markup("<td></td>"),
    "passed": Markup('<td class="p">{}</td>').format(view.GLYPHS["passed"]),
    "echo": Markup('<td class="echo">{}</td>').format(view.GLYPHS["failed"]),
    **{
        state: Markup('<td class="{}">{}</td>').format(state, glyph)
        for state, glyph in view.GLYPHS.items()
        if state != "passed"
    },
}
"""A cell of the table for each state of a check; those of a class are many, so each is short."""


@dataclass(frozen=True)
class Row:
    """One submission in the table: for each check the kind of its cell."""

    record: Record
    kinds: Sequence[str]
    seconds: str


def class_page(
    records: Sequence[Record],
    words: Words,
    lang: Lang = "en",
    files: Mapping[str, str] | None = None,
    regrade: Regrade | None = None,
    similar: str | None = None,
) -> str:
    """The page of a class as one offline file.

    `files` maps a student's id to the stem of their page's file name; who is not in it gets no link. Links
    lead to the instructor's pages: who reads a class needs the notes and what hidden checks saw. `regrade`
    says what the last grading changed, where there was one before it. `similar` is where the page of code
    that is alike lies, as an address from this one.
    """
    prose = Prose(words, lang)
    mistakes = class_view.clusters(records)
    shared = [one for one in mistakes if len(one.records) >= class_view.SHARED]
    common = shared[:MOST_COMMON]
    teachable = [one for one in shared if one.teachable]
    counts = class_view.histogram(records)
    fared = class_view.health(records)
    few = class_view.broken_for_few(records)
    median, highest = class_view.middle(records) if records else (0.0, 0.0)
    lesson = records[0].lesson if records else ""
    names = Counter(record.student for record in records)
    known = {check.id: check for check in class_view.all_checks(records)}
    said = teaching.said(teachable, class_view.most_failed(records), len(records), prose)
    context: dict[str, Any] = {
        "records": records,
        "groups": _groups([_row(record, fared) for record in class_view.by_score(records)]),
        "cells": CELLS,
        "files": files or {},
        "lesson_id": lesson,
        "lesson": prose.each(lambda lang: inline(words.lesson_title(lang) or one_line(lesson, 80))),
        "title": prose.plain("class.title", lesson=words.lesson_title(lang) or lesson, n=len(records)),
        "skip_to": "matrix",
        "median": median,
        "highest": highest,
        "teach": said.headline,
        "lead": said.lead,
        "counts": counts,
        "highest_count": max(counts) or 1,
        "needing": class_view.needing(records),
        "most_needing": MOST_NEEDING,
        "common": common,
        "rare": mistakes[len(common) :],
        "causes": lambda one: causes(one, prose),
        "shown": _shown(len(records), prose),
        "health": fared,
        "slowest": class_view.slowest(records),
        "checks_seconds": class_view.checks_seconds,
        "checks_cpu": class_view.checks_cpu,
        "glyphs": view.GLYPHS,
        "anchor": anchor,
        "address": lambda stem: quote(f"instructor/{stem}.html"),
        "number": said_number,
        "said_seconds": said_seconds,
        "called": lambda record: _called(record, names),
        "name": prose.title,
        "headline": lambda one: prose.each(lambda lang: teaching.headline_in(one, prose, lang)),
        "in_check": lambda check: prose.woven(
            "class.in_check", {"title": lambda to: inline(prose.title_in(check, to))}
        ),
        "score": lambda record: _score(record, highest, prose),
        "stopped": lambda record: _stopped(record, prose),
        "reasons": lambda record: list(_reasons(record, few, prose)),
        "oddities": _oddities(fared, prose),
        "late": lambda record: prose.each(lambda to: inline(short(record, words, to))),
        "legend": [state for state in view.GLYPHS if state in LEGEND or _met(state, records)],
        "people": by_hand.people(records, regrade, prose),
        "someone": lambda person: _linked(person, names, files or {}),
        "reasons_of": lambda change: by_hand.reasons(change, prose),
        "moved": lambda change: by_hand.moved(change, known, prose),
        "waiting_said": lambda one: prose.woven(
            "class.waiting", {"points": prose.points(one.check.max_points)}, n=len(one.records)
        ),
        "override_command": by_hand.command,
        "comment": by_hand.comment,
        "similar": similar,
    }
    return render("overview.html", prose, context)


def _row(record: Record, fared: Sequence[Health]) -> Row:
    kinds = {
        check.id: "echo" if view.is_echo(check, record) else view.state_of(check) for check in record.checks
    }
    return Row(record, [kinds.get(one.check.id, "") for one in fared], f"{class_view.seconds(record):.0f}")


def _groups(rows: Sequence[Row]) -> list[Sequence[Row]]:
    """A short table is one group; the groups of a long one are as many rows each, but for the last."""
    if len(rows) <= LONG:
        return [rows]
    return [rows[at : at + TOGETHER] for at in range(0, len(rows), TOGETHER)]


def _met(state: str, records: Sequence[Record]) -> bool:
    """Whether a check of this state stands in the table."""
    return any(view.state_of(check) == state for record in records for check in record.checks)


def _linked(person: Person | Change, names: Mapping[str, int], files: Mapping[str, str]) -> Markup:
    """The student's name, leading to the instructor's page where there is one."""
    stem, called = files.get(person.student_id), _called(person, names)
    if stem is None:
        return escape(called)
    return Markup('<a href="{}">{}</a>').format(quote(f"instructor/{stem}.html"), called)


def _called(record: Record | Person | Change, names: Mapping[str, int]) -> str:
    """The student's name; with the id where others are called the same."""
    name = one_line(record.student, LONGEST_NAME)
    return (
        f"{name} ({one_line(record.student_id, LONGEST_NAME)})" if names.get(record.student, 0) > 1 else name
    )


def _shown(total: int, prose: Prose) -> Markup:
    """How many rows the filter leaves, with a place for the number."""
    return prose.woven("class.shown", {"shown": lambda lang: Markup("<b>{}</b>").format(total)}, total=total)


def _score(record: Record, highest: float, prose: Prose) -> Markup:
    """`7 of 18` where something of ours took points out of the total, else the score alone."""
    if record.max_score == highest:
        return inline(said_number(record.score))
    return prose.ui("class.of", score=record.score, max=record.max_score)


def _stopped(record: Record, prose: Prose) -> Markup:
    state = {"state": lambda lang: inline(prose.words.ui(f"run_state.{record.run.state}", lang))}
    if record.run.cell is None:
        return prose.woven("class.stopped_plain", state)
    return prose.woven("class.stopped", state, cell=record.run.cell)


def _reasons(record: Record, few: Mapping[str, int], prose: Prose) -> Iterator[tuple[CheckState, Markup]]:
    """Why a person should look: each check of ours that could not, what is odd, then how the run ended."""
    said = False
    # What a person marks in any case has a list of its own.
    order: list[CheckState] = ["broken", "undecided"]
    open_checks = [
        (state, check) for state in order for check in record.checks if view.state_of(check) == state
    ]
    for state, check in open_checks:
        said = True
        parts = {"title": lambda lang, check=check: inline(prose.title_in(check, lang))}
        told = prose.woven(f"class.{state}", {**parts, "points": prose.points(check.max_points)})
        if state == "broken" and check.id in few:
            told += " " + prose.ui("class.broken_for_few", n=few[check.id])
        yield state, told
    broken = sum(state == "broken" for state, _ in open_checks)
    if broken > 1:
        yield "broken", prose.ui("class.several_broken", n=broken)
    for note in class_view.suspicions(record)[:MOST_SUSPICIONS]:
        said = True
        yield "manual", said_note(note, prose)
    if view.stopped(record):
        said_by_python = record.run.message if record.run.state == "cell_failed" else None
        message = Markup(" <code>{}</code>").format(one_line(said_by_python, 70)) if said_by_python else ""
        yield "failed", _stopped(record, prose) + message
    elif not said:
        yield "undecided", prose.ui("class.review")


def _oddities(fared: Sequence[Health], prose: Prose) -> list[tuple[Markup, list[tuple[int, Check]]]]:
    """What is odd, and the checks (with their number in the lesson) of which it is true."""
    tests: list[tuple[Markup, Callable[[Health], bool]]] = [
        (prose.ui("class.was_broken"), lambda one: one.broken > 0),
        (prose.ui("class.was_undecided"), lambda one: one.undecided > 0),
        (prose.ui("class.all_failed"), lambda one: one.counted > 1 and one.passed == 0),
        (prose.ui("class.all_passed"), lambda one: one.counted > 1 and one.passed == one.counted),
        (
            prose.ui("class.slow", seconds=class_view.SLOW_CHECK),
            lambda one: one.seconds >= class_view.SLOW_CHECK,
        ),
    ]
    numbered = [(at, one) for at, one in enumerate(fared, start=1)]
    found = [(said, [(at, one.check) for at, one in numbered if true_of(one)]) for said, true_of in tests]
    return [(said, odd) for said, odd in found if odd]
