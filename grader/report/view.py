"""What a record says to a reader: which check stands where, what to fix first, and what stays hidden."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grader.evidence import HeatMap
from grader.record import Check, Record, Where

Audience = Literal["student", "instructor"]
Shown = Literal["passed", "failed", "blocked", "undecided", "broken", "manual", "marked"]
"""How a check is shown: `marked` where a person gave part of its points, or none."""

GLYPHS: dict[Shown, str] = {
    "passed": "✓",
    "failed": "✗",
    "blocked": "…",
    "undecided": "?",
    "broken": "!",
    "manual": "?",
    "marked": "✎",
}


@dataclass(frozen=True)
class Opening:
    """What a failed check stands in the way of."""

    points: float
    """Points lost in it and in every check that waits for it."""
    waiting: int
    """How many checks wait for it."""


@dataclass(frozen=True)
class Groups:
    """The checks of a record by what a reader does about them, each in the order to read them."""

    failed: Sequence[Check]
    echoes: Sequence[Check]
    """Failed only because the notebook did not run: the run's own finding says it once for all."""
    blocked: Sequence[Check]
    undecided: Sequence[Check]
    manual: Sequence[Check]
    """A person has still to mark them."""
    marked: Sequence[Check]
    """A person has given part of their points, or none."""
    broken: Sequence[Check]
    passed: Sequence[Check]


def state_of(check: Check) -> Shown:
    """The check's state; a person's full points make it passed, and other points settle what was open."""
    if check.override is None:
        return check.state
    if check.override.points >= check.max_points:
        return "passed"
    return "failed" if check.state == "failed" else "marked"


def openings(record: Record) -> dict[str, Opening]:
    """For each failed check what it opens, the checks waiting for it (and for those in turn) included."""
    by_id = {check.id: check for check in record.checks}
    points = {check.id: lost(check) for check in record.checks if state_of(check) == "failed"}
    waiting = dict.fromkeys(points, 0)
    for check in record.checks:
        if state_of(check) != "blocked":
            continue
        root = _root(check, by_id)
        if root in points:
            points[root] += lost(check)
            waiting[root] += 1
    return {name: Opening(points[name], waiting[name]) for name in points}


def lost(check: Check) -> float:
    """The points this check did not give."""
    return max(check.max_points - check.points, 0.0)


def groups(record: Record) -> Groups:
    """The checks by state; failed ones ordered by the points they open, the rest in lesson order."""
    opens = openings(record)
    of: dict[str, list[Check]] = {state: [] for state in GLYPHS}
    for check in record.checks:
        of[state_of(check)].append(check)
    return Groups(
        failed=sorted((c for c in of["failed"] if not is_echo(c, record)), key=lambda c: -opens[c.id].points),
        echoes=[check for check in of["failed"] if is_echo(check, record)],
        blocked=of["blocked"],
        undecided=of["undecided"],
        manual=of["manual"],
        marked=of["marked"],
        broken=of["broken"],
        passed=of["passed"],
    )


def counted(record: Record) -> list[Check]:
    """The checks that count: all but the broken ones."""
    return [check for check in record.checks if state_of(check) != "broken"]


def open_to(check: Check, audience: Audience) -> bool:
    """Whether facts, evidence and own lines of this check may be shown; else our words alone are."""
    return audience == "instructor" or check.visibility == "public"


def blocker(check: Check, record: Record) -> Check | None:
    """The failed check that this one waits for in the end, where the record knows it."""
    by_id = {other.id: other for other in record.checks}
    root = _root(check, by_id)
    return by_id.get(root) if root != check.id else None


def broken_cells(heat: HeatMap) -> set[tuple[int, int]]:
    """(row, column) of the cells whose influence is not as promised; none where nothing is promised."""
    return {
        (row, column)
        for row, (values, promised) in enumerate(zip(heat.values, heat.promised or [], strict=False))
        for column, (value, allowed) in enumerate(zip(values, promised, strict=False))
        if allowed != (abs(value) > heat.threshold)
    }


def run_place(record: Record) -> Where | None:
    """The line at which the notebook stopped, with two lines before and one after, where it is known."""
    finding = record.run.finding
    if finding is None or finding.where is not None:
        return finding.where if finding else None
    line = finding.facts.get("line")
    cell = next((cell for cell in record.run.cells if cell.number == record.run.cell), None)
    if cell is None or cell.number is None or not isinstance(line, int):
        return None
    lines = cell.source.split("\n")
    if not 1 <= line <= len(lines):
        return None
    first = max(line - 2, 1)
    # Python's message quotes the name that it is about ("name 'x' is not defined"), where there is one.
    quoted = re.search(r"'(\w+)'", str(finding.facts.get("message", "")))
    token = quoted[1] if quoted and quoted[1] in lines[line - 1] else ""
    return Where(cell.number, first, lines[first - 1 : line + 1], line - first, token)


def told_of(number: int, record: Record, audience: Audience) -> list[Check]:
    """The failed checks whose cards show lines of this code cell."""
    return [
        check
        for check in groups(record).failed
        if open_to(check, audience)
        and any(one.where is not None and one.where.cell == number for one in check.findings)
    ]


def underlined(where: Where) -> str:
    """The part of the marked line to underline, less a parenthesis that it opens and never closes."""
    token = where.token.strip()
    return token.removesuffix("(") if token.count("(") > token.count(")") else token


def waits(record: Record) -> list[tuple[Check | None, list[Check]]]:
    """The blocked checks by the failed one they wait for in the end; None where the record knows none.

    What waits for an echo of the run (and, first, those echoes) stands under the echo that comes first.
    """
    found = groups(record)
    waiting: dict[str, tuple[Check | None, list[Check]]] = {}
    if found.echoes:
        waiting[found.echoes[0].id] = (found.echoes[0], list(found.echoes))
    for check in found.blocked:
        root = blocker(check, record)
        if root is not None and is_echo(root, record):
            root = found.echoes[0]
        waiting.setdefault(root.id if root else "", (root, []))[1].append(check)
    return list(waiting.values())


def is_echo(check: Check, record: Record) -> bool:
    """Whether this check failed for nothing but how the notebook ran."""
    run = record.run.finding
    return run is not None and bool(check.findings) and check.findings[0].code == run.code


def stopped(record: Record) -> bool:
    """Whether the notebook did not run to its end."""
    return record.run.state != "finished"


def _root(check: Check, by_id: dict[str, Check]) -> str:
    seen = {check.id}
    while check.waits_for is not None and check.waits_for not in seen and check.waits_for in by_id:
        check = by_id[check.waits_for]
        seen.add(check.id)
    return check.id
