"""Gradescope's `results.json`: what its page shows of one submission, and the points that it takes over.

Findings of hidden checks follow the lesson's setting. `always`: our own words are shown with the rest.
`after_due`: Gradescope itself holds the check back until its due date (and, as it does then, the total).
`never`: state and points stand there, what was found does not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from grader.exchange.exports import Order, Outcome, Written
from grader.exchange.exports.telling import who
from grader.filenames import stems
from grader.record import Check, Record
from grader.report import outcome, view
from grader.report.audience import for_student
from grader.report.sentences import clean, one_line
from grader.report.terminal import title_of
from grader.report.words import Lang, Words

_LAST_DAY = datetime.max.replace(tzinfo=UTC)
_LONGEST = 20_000
"""Characters of one text: what a check says is some thousand at most."""


def written(order: Order) -> Written:
    """One record as `results.json`; several as a folder, `<lesson>/<student>.json`."""
    words = Words.load(None)
    made = [
        results(one.record, words, "en", provisional=order.provisional or not one.due_for_review)
        for one in order.filed
    ]
    outcomes = [
        Outcome(who(one.record), one.record.lesson, "written", _why(one.record, order.provisional))
        for one in order.filed
    ]
    if len(made) == 1:
        return Written(made[0], outcomes)
    names: dict[tuple[str, str], str] = {}
    for lesson in {one.record.lesson for one in order.filed}:
        people = [(f.record.student, f.record.student_id) for f in order.filed if f.record.lesson == lesson]
        names |= {(lesson, student): stem for student, stem in stems(people).items()}
    parts = {
        f"{one.record.lesson}/{names[one.record.lesson, one.record.student_id]}.json": content
        for one, content in zip(order.filed, made, strict=True)
    }
    return Written(None, outcomes, parts=parts)


def results(record: Record, words: Words, lang: Lang, *, provisional: bool = True) -> bytes:
    """The bytes of `results.json`, as the student may see the record.

    provisional: give a total where a person has still to look, too; else there is none, and only what is
    decided has points
    """
    shown = for_student(record, words, _LAST_DAY)
    counted = [check for check in shown.checks if check.state != "broken" or check.override is not None]
    said = [*outcome.standing(shown, words, lang), outcome.run_told(shown, words, lang)]
    content: dict[str, Any] = {
        "score": record.score,
        "execution_time": round(record.run.seconds + sum(check.seconds for check in record.checks)),
        "output": _text("\n".join(part for part in said if part)),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "lesson": one_line(record.lesson),
            "digest": record.digest,
            "state": record.state,
            "max_score": record.max_score,
            "held": record.held,
            "undecided": _ids(shown, ("undecided", "manual")),
            "broken": _ids(shown, ("broken",)),
        },
        "tests": [
            _test(number, check, shown, words, lang, provisional)
            for number, check in enumerate(counted, start=1)
        ],
    }
    if not provisional:
        del content["score"]
    return encoded(content)


def encoded(content: dict[str, Any]) -> bytes:
    """The bytes of the file. Raises ValueError where a number is not finite."""
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def _test(
    number: int, check: Check, record: Record, words: Words, lang: Lang, provisional: bool
) -> dict[str, Any]:
    waits = view.state_of(check) in ("undecided", "manual") and check.override is None
    test: dict[str, Any] = {
        "score": check.points,
        "max_score": check.max_points,
        "status": "passed" if view.state_of(check) == "passed" else "failed",
        "name": _text(title_of(check, words, lang)),
        "name_format": "text",
        "number": str(number),
        "output": _text(outcome.told(check, record, words, lang, _LAST_DAY)),
        "output_format": "text",
        "tags": [one_line(check.id), check.visibility],
        "visibility": _visibility(check, record),
    }
    if waits:
        # It has neither passed nor failed, and Gradescope knows no third state.
        del test["status"]
        if not provisional:
            del test["score"]
    return test


def _visibility(check: Check, record: Record) -> str:
    later = check.visibility == "hidden" and record.showing.hidden_findings == "after_due"
    return "after_due_date" if later else "visible"


def _ids(record: Record, states: Sequence[str]) -> list[str]:
    return [one_line(check.id) for check in record.checks if view.state_of(check) in states]


def _text(text: str) -> str:
    return clean(text)[:_LONGEST]


def _why(record: Record, provisional: bool) -> str:
    if record.state != "needs_review" and not record.held:
        return ""
    if provisional:
        return "It needs review: its total holds no point for what is not decided."
    return "It needs review: it has no total, and no points for what is not decided."
