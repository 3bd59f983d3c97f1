"""Handed in late, in words: how late, what that costs, and the lesson's rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from markupsafe import Markup

from grader.late import deadline_of, lateness, submitted_of
from grader.record import Deadline, Record
from grader.report.dates import said_moment
from grader.report.prose import Prose, inline
from grader.report.sentences import said_number
from grader.report.words import Lang, Words


def cost(record: Record, prose: Prose) -> Markup:
    """What lateness took off."""
    late = lateness(record)
    off = {"points": prose.points(record.late_penalty)}
    raw = said_number(record.raw_score)
    if late is None or late.by is None:
        return prose.woven("verdict.late_marked", off, raw=raw)
    by = late.by
    key = "verdict.late_closed" if late.closed else "verdict.late"
    time = {"time": lambda lang: inline(span(by, prose.words, lang))}
    return prose.woven(key, {**off, **time}, raw=raw)


def short(record: Record, words: Words, lang: Lang) -> str:
    """How late and what it cost, in a few words; empty where it came in time."""
    late = lateness(record)
    if late is None:
        return ""
    key = "late.marked" if late.by is None else "late.by"
    said = words.ui(key, lang, time=span(late.by, words, lang) if late.by else "")
    off = words.ui("late.off", lang, points=record.late_penalty) if record.late_penalty else ""
    return f"{said}, {off}" if off else said


def rule(record: Record, prose: Prose) -> Markup:
    """When it was due, when it came, and what the lesson says of late work; empty where it says nothing."""
    return Markup(" ").join(_rule(record, prose))


def span(time: timedelta, words: Words, lang: Lang) -> str:
    """A length of time in its two largest units, the smaller one cut."""
    minutes = time // timedelta(minutes=1)
    counts = {"days": minutes // 1440, "hours": minutes // 60 % 24, "minutes": minutes % 60}
    said = [words.ui(f"span.{name}", lang, n=count) for name, count in counts.items() if count]
    if counts["days"]:
        said = said[: 2 if counts["hours"] else 1]
    return " ".join(said) or words.ui("span.moment", lang)


def _rule(record: Record, prose: Prose) -> Iterator[Markup]:
    said, submitted = deadline_of(record), submitted_of(record)
    excuse = record.excuse
    if said is not None:
        own = excuse is not None and excuse.due is not None
        yield _moment("late.due_moved" if own else "late.due", said.due, prose)
    if said is not None:
        yield from _costs(said, prose)
    if submitted is not None:
        own = excuse is not None and excuse.submitted is not None
        yield _moment("late.handed_in_said" if own else "late.handed_in", submitted, prose)


def _moment(key: str, moment: datetime, prose: Prose) -> Markup:
    return prose.woven(key, {"when": lambda lang: inline(said_moment(moment, prose.words, lang))})


def _length(key: str, seconds: float, prose: Prose) -> Markup:
    length = timedelta(seconds=seconds)
    return prose.woven(key, {"time": lambda lang: inline(span(length, prose.words, lang))})


def _costs(said: Deadline, prose: Prose) -> Iterator[Markup]:
    if said.grace:
        yield _length("late.grace", said.grace, prose)
    if said.per_day:
        yield prose.ui("late.per_day", percent=said.per_day)
    if said.per_day and said.most < 100:
        yield prose.ui("late.most", percent=said.most)
    if said.closed_after is not None:
        yield _length("late.closed", said.closed_after, prose)
