"""The top of a report: one sentence that says how it stands, and what to do first."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup

from grader.record import Record
from grader.report.lateness import cost
from grader.report.prose import Prose, inline
from grader.report.view import counted, groups, openings, state_of
from grader.report.words import Lang


def verdict(record: Record, prose: Prose) -> Markup:
    """The headline of the whole report."""
    found = groups(record)
    things = len(found.failed) + (1 if record.run.finding else 0)
    if record.run.state == "unreadable":
        return prose.ui("verdict.unreadable")
    if things:
        return prose.each(lambda lang: inline(_to_fix(things, prose, lang)))
    if found.undecided or found.manual or found.broken:
        return prose.ui("verdict.wait")
    if found.marked or found.blocked:
        return prose.ui("verdict.marked")
    if not record.checks:
        return prose.ui("verdict.none")
    return prose.ui("verdict.all", n=len(record.checks))


def lead(record: Record, prose: Prose, anchor: Callable[[str], str]) -> Markup:
    """How many checks pass, where to start and what that opens, and what is held or taken off."""
    checks = counted(record)
    passed = sum(state_of(check) == "passed" for check in checks)
    sentences = []
    if checks and passed < len(record.checks):
        sentences.append(prose.ui("verdict.passing", passed=passed, n=len(checks)))
    sentences += _start(record, prose, anchor)
    if record.held:
        sentences.append(prose.woven("verdict.held", {"points": prose.points(record.held)}))
    if record.late_penalty:
        sentences.append(cost(record, prose))
    return Markup(" ").join(sentences)


def _start(record: Record, prose: Prose, anchor: Callable[[str], str]) -> list[Markup]:
    run = record.run
    if run.state == "unreadable":
        return []
    if run.finding is not None:
        name, key = ("run", "verdict.start_run_plain") if run.cell is None else ("cell", "verdict.start_run")
        return [prose.woven(key, {name: lambda lang: _run_link(record, prose, lang)})]
    failed = groups(record).failed
    if not failed:
        return []
    first, opening = failed[0], openings(record)[failed[0].id]

    def link(lang: Lang) -> Markup:
        return Markup('<a href="#{}">{}</a>').format(anchor(first.id), inline(prose.title_in(first, lang)))

    said = [prose.woven("verdict.start", {"check": link})]
    points = {"points": prose.points(opening.points)}
    if opening.waiting:
        said.append(prose.woven("verdict.opens", points, n=opening.waiting))
    else:
        said.append(prose.woven("verdict.worth", points))
    return said


def _run_link(record: Record, prose: Prose, lang: Lang) -> Markup:
    if record.run.cell is None:
        text = prose.words.ui(f"run_state.{record.run.state}", lang)
    else:
        text = prose.words.ui("page.cell", lang, cell=record.run.cell)
    return Markup('<a href="#run-finding">{}</a>').format(text)


def _to_fix(things: int, prose: Prose, lang: Lang) -> str:
    known = f"count.{things}" in prose.words.interface[lang]
    count = prose.words.ui(f"count.{things}", lang) if known else str(things)
    return prose.words.ui("verdict.fix", lang, n=things, count=count)
