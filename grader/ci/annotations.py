"""Annotations on the lines that a record speaks of: workflow commands, made of nothing but escaped text.

    ::error file=kim.ipynb,line=41,title=Padding changes what your network says::We tried ...

What a line may hold is escaped as the runner reads it: `%`, CR and LF everywhere, `:` and `,` in properties.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.ci.places import code_lines
from grader.record import Check, Finding, Record, Where
from grader.report import view
from grader.report.audience import for_student
from grader.report.excerpt import plain
from grader.report.sentences import clean, no_command, one_line, said_number
from grader.report.terminal import title_of
from grader.report.words import Lang, Words

MOST = 10
"""Annotations of one kind that a runner keeps of a step."""
_LONGEST = 900


@dataclass(frozen=True)
class Annotation:
    """One remark. file: empty for the build as a whole; line: from 1, None for the file as a whole"""

    kind: Literal["error", "warning", "notice"]
    file: str
    line: int | None
    title: str
    message: str

    def command(self) -> str:
        """The one line of the log that makes it."""
        known = {"file": clean(self.file), "line": str(self.line or 1)} if self.file else {}
        known["title"] = one_line(self.title, 200)
        properties = ",".join(f"{name}={_in_property(value)}" for name, value in known.items())
        return f"::{self.kind} {properties}::{_in_message(one_line(self.message, _LONGEST))}"


def annotated(
    record: Record, file: str, content: bytes, words: Words, lang: Lang, limit: int = MOST
) -> list[Annotation]:
    """What to fix in a notebook, in the order to fix it, at most `limit`; the last one says what is left out.

    file: the notebook's path as the repository knows it; content: its bytes
    """
    shown = for_student(record, words, None)
    places = code_lines(content.decode("utf-8", "replace"))
    found: list[Annotation] = []
    if shown.run.finding is not None:
        found.append(_of(shown.run.finding, view.run_place(shown), None, file, places, words, lang))
    for check in view.groups(shown).failed:
        finding = check.findings[0] if check.findings else None
        open_ = finding is not None and view.open_to(check, "student")
        where = finding.where if finding is not None and open_ else None
        found.append(_of(finding, where, check, file, places, words, lang))
    if len(found) <= limit:
        return found
    left = len(found) - limit + 1
    told = words.ui("ci.more", lang, n=left)
    return [*found[: limit - 1], Annotation("error", file, None, plain(told), plain(told))]


def _of(
    finding: Finding | None,
    where: Where | None,
    check: Check | None,
    file: str,
    places: Sequence[Sequence[int]],
    words: Words,
    lang: Lang,
) -> Annotation:
    facts: Mapping[str, str | int | float | bool] = {}
    if finding is not None and (check is None or view.open_to(check, "student")):
        facts = finding.facts
    said = words.said(finding.code if finding else "check.unknown", facts, lang, check.id if check else None)
    parts = [said.expected, said.saw, said.why] if facts else [said.why]
    if check is not None:
        points = words.ui(
            "ci.points", lang, points=said_number(check.points), max=said_number(check.max_points)
        )
        parts = [f"{title_of(check, words, lang)} ({points}).", *parts]
    message = " ".join(plain(part) for part in parts if part) or plain(said.headline)
    return Annotation("error", file, _line(where, places), plain(said.headline), message)


def _line(where: Where | None, places: Sequence[Sequence[int]]) -> int | None:
    """The line of the file for a place in a cell; that of the cell where its own lines are not known."""
    if where is None or not 1 <= where.cell <= len(places) or not places[where.cell - 1]:
        return None
    lines = places[where.cell - 1]
    at = where.first_line - 1 + max(where.marked, 0)
    return lines[at] if 0 <= at < len(lines) else lines[0]


def _in_message(text: str) -> str:
    return no_command(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _in_property(text: str) -> str:
    return _in_message(text).replace(":", "%3A").replace(",", "%2C")
