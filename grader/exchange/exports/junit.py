"""JUnit XML as pytest writes it: a suite for each submission, a case for each check, points as properties.

Whoever may read a build may read this file, so it holds what a student may see: of a hidden check our own
words alone, and before the due date not even those where the lesson says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as Tree

from grader.exchange.exports import Order, Outcome, Written
from grader.exchange.exports.telling import who
from grader.record import Check, Record
from grader.report import outcome, view
from grader.report.audience import for_student
from grader.report.sentences import clean, one_line, said_number
from grader.report.terminal import title_of
from grader.report.words import Lang, Words
from grader.totals import is_open

_LONGEST = 20_000
_NO_CHARACTERS = {0xFFFE: None, 0xFFFF: None}
"""Forbidden in XML, beside the control characters that `clean` takes out."""


def written(order: Order) -> Written:
    """All records in one file."""
    words = Words.load(None)
    content = junit([(one.record, words) for one in order.filed], "en", provisional=order.provisional)
    outcomes = [
        Outcome(
            who(one.record),
            one.record.lesson,
            "blank" if one.due_for_review and not order.provisional else "written",
            "It needs review: its suite has no total."
            if one.due_for_review and not order.provisional
            else "",
        )
        for one in order.filed
    ]
    return Written(content, outcomes)


def junit(records: Sequence[tuple[Record, Words]], lang: Lang, *, provisional: bool = True) -> bytes:
    """The XML of records, each with the words to say it in. UTF-8, with a declaration."""
    suites = Tree.Element("testsuites", name="grader")
    for record, words in records:
        suites.append(_suite(record, for_student(record, words, None), words, lang, provisional))
    Tree.indent(suites, " ")
    body: bytes = Tree.tostring(suites, "utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


def _suite(record: Record, shown: Record, words: Words, lang: Lang, provisional: bool) -> Tree.Element:
    states = [view.state_of(check) for check in shown.checks]
    seconds = record.run.seconds + sum(check.seconds for check in record.checks)
    suite = Tree.Element(
        "testsuite",
        name=_line(f"{record.lesson}: {record.student}"),
        errors=str(states.count("broken")),
        failures=str(states.count("failed")),
        skipped=str(sum(state in ("blocked", "undecided", "manual") for state in states)),
        tests=str(len(states)),
        time=f"{seconds:.3f}",
    )
    properties = Tree.SubElement(suite, "properties")
    known = {"lesson": record.lesson, "student": record.student, "student_id": record.student_id,
             "state": record.state, "run": record.run.state}  # fmt: skip
    if provisional or (record.state == "graded" and not record.held):
        known["points"] = _number(record.score)
    known |= {"max_points": _number(record.max_score), "held": _number(record.held)}
    _properties(properties, known)
    for check in shown.checks:
        suite.append(_case(check, shown, words, lang))
    return suite


def _case(check: Check, record: Record, words: Words, lang: Lang) -> Tree.Element:
    case = Tree.Element(
        "testcase",
        classname=_line(f"{record.lesson}.{record.student_id}"),
        name=_line(check.id),
        time=f"{check.seconds:.3f}",
    )
    state = view.state_of(check)
    known = {} if is_open(check) else {"points": _number(check.points)}
    known |= {"max_points": _number(check.max_points), "title": title_of(check, words, lang)}
    known |= {"visibility": check.visibility}
    known |= {state: "true"} if state in ("undecided", "manual") else {}
    _properties(Tree.SubElement(case, "properties"), known)
    said = clean(outcome.told(check, record, words, lang, None)).translate(_NO_CHARACTERS)[:_LONGEST]
    kind = {"failed": "failure", "broken": "error"}.get(state, "skipped")
    if state != "passed":
        first = next((line for line in said.splitlines() if line.strip()), "")
        reason = Tree.SubElement(case, kind, message=_line(first.strip("─ ")))
        reason.text = said
        if kind == "skipped":
            reason.set("type", state)
    return case


def _properties(parent: Tree.Element, known: dict[str, str]) -> None:
    for name, value in known.items():
        Tree.SubElement(parent, "property", name=name, value=_line(value))


def _line(text: str) -> str:
    return one_line(text).translate(_NO_CHARACTERS)


def _number(value: float) -> str:
    return said_number(value).replace(",", "") if float(value).is_integer() else repr(round(value, 6))
