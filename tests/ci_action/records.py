"""Records to export: every state, both visibilities, and text that means something to whatever shows it."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec.structs import replace

from grader.record import Check, Environment, Finding, Override, Record, Run, Showing, Where

DUE = datetime(2026, 12, 1, 14, 59, tzinfo=UTC)
ONLY_HIDDEN = "only-the-hidden-check-saw-this"
HOSTILE = (
    "::set-output name=x::1\r\n::error::a\n##[group]b ]]> <img src=x onerror=1> [a](http://b.example) "
    "```\n| --- | %0A::stop-commands::t \x1b[31m \x00 \ufffe \u202e @everyone www.c.example "
    "![p](q) `ls` $(id)"
)


def check(name: str, state: str = "passed", points: float = 1.0, **changes: object) -> Check:
    plain = Check(
        name,
        name.removeprefix("test_").replace("_", " "),
        "public",
        "passed",
        None,
        0.0,
        float(points),
        [],
        0.25,
    )
    return replace(plain, state=state, points=plain.max_points if state == "passed" else 0.0, **changes)


def wrong(text: str, line: int = 2) -> Finding:
    """A finding whose facts and lines are a student's."""
    where = Where(2, 1, ["x = 1", f"y = '{text}'"], line - 1, "y")
    facts = {"name": text, "type": "ValueError", "message": text}
    return Finding("call.failed", f"Calling {text} failed.", facts, [], where)


ALWAYS = Showing()


def record(text: str = "Net", showing: Showing = ALWAYS, **changes: object) -> Record:
    checks = [
        check("test_names"),
        check("test_call", "failed", 3, findings=[wrong(text)]),
        check("test_waits", "blocked", 2, waits_for="test_call"),
        check("test_unclear", "undecided", 1),
        check("test_ours", "broken", 2),
        check("test_by_hand", "manual", 4),
        check("test_half", "failed", 2, findings=[wrong(text)], override=Override(1.0, f"Half: {text}")),
        check("test_secret[abba-2]", "failed", 3, visibility="hidden", findings=[wrong(ONLY_HIDDEN)]),
    ]  # fmt: skip
    checks[6] = replace(checks[6], points=1.0)
    made = Record(
        lesson="tiny",
        student="kim",
        student_id="kim",
        notebook="kim.ipynb",
        digest="7f3a9c21" * 8,
        score=2.0,
        max_score=16.0,
        state="needs_review",
        raw_score=2.0,
        held=5.0,
        run=Run("finished", None, None, 2.4),
        checks=checks,
        notes=[],
        environment=Environment("0.1.0", "3.11.7", "2.13.0", "landlock", 0, "5f0c22d19a7e"),
        showing=showing,
    )
    return replace(made, **changes)


def passed() -> Record:
    checks = [check("test_names"), check("test_call", points=3)]
    return record(checks=checks, score=4.0, raw_score=4.0, max_score=4.0, held=0.0, state="graded")


def stopped(text: str) -> Record:
    """A notebook that ended at its second code cell, with a check that failed for nothing else."""
    finding = Finding(
        "notebook.cell_failed", "stopped", {"cell": 2, "type": text, "message": text, "line": 1}
    )
    where = Where(2, 1, ["boom()"], 0, "boom")
    finding = replace(finding, where=where)
    checks = [
        check("test_names", "failed", 1, findings=[finding]),
        check("test_call", "failed", 3, findings=[wrong(text)]),
    ]
    run = Run("cell_failed", 2, text, 0.1, finding)
    return record(checks=checks, run=run, score=0.0, raw_score=0.0, max_score=4.0, held=0.0, state="graded")
