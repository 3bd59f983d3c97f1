"""The student's own lines for a finding: their source as the guest tells it, with the likely line marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.judge.pointing import token
from grader.record import Where

if TYPE_CHECKING:
    from grader.judge.finding import Finding
    from grader.judge.student import Student

_MAX_LINES = 24
_MAX_WIDTH = 200


def place(finding: Finding, student: Student | None) -> Where | None:
    """Lines of `finding.about`, the first that looks like the cause marked; None if there is none to show."""
    if student is None or not finding.about:
        return None
    quoted = student._handle(finding.about).lines()
    if quoted is None:
        return None
    lines = [line[:_MAX_WIDTH].rstrip() for line in quoted.text.rstrip().splitlines()]
    marked, underlined = token(finding.code, lines) or (-1, "")
    first = max(0, min(marked - 6, len(lines) - _MAX_LINES)) if len(lines) > _MAX_LINES else 0
    shown = lines[first : first + _MAX_LINES]
    while shown and not shown[-1]:
        shown.pop()
    at = marked - first if marked >= 0 else -1
    return Where(max(quoted.cell, 1), max(quoted.line, 1) + first, shown, at, underlined)
