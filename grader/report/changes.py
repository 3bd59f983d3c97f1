"""What a grading changed, for a terminal: whose score, which checks, why, who is new, whose record stays."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from grader.regrade import Change, Person, Regrade
from grader.report import view
from grader.report.columns import INDENT, fitted
from grader.report.excerpt import wrapped
from grader.report.sentences import one_line, said_number
from grader.report.words import Lang, Words

MOST_CHANGED = 10
MOST_CHECKS = 4
MOST_NAMED = 8


def changes(regrade: Regrade, words: Words, lang: Lang, width: int) -> Text:
    """A few lines; the class page and `regrade.json` have all of it."""
    screen = Text("\n")
    if not regrade.changed and regrade.same:
        screen.append(f"{INDENT}{words.ui('terminal.changed_none', lang)}\n")
    elif regrade.changed:
        total = len(regrade.changed) + regrade.same
        said = words.ui("class.regrade_some", lang, n=len(regrade.changed), total=total)
        screen.append(wrapped(said, width, INDENT))
    for one in regrade.changed[:MOST_CHANGED]:
        screen.append(_change(one, words, lang, width))
    if len(regrade.changed) > MOST_CHANGED:
        more = words.ui("terminal.more", lang, n=len(regrade.changed) - MOST_CHANGED)
        screen.append(f"{INDENT}{INDENT}{more}\n", "dim")
    for key, people in (("new", regrade.new), ("kept", regrade.kept)):
        if people:
            said = f"{words.ui(f'class.regrade_{key}', lang, n=len(people))}: {_named(people, words, lang)}"
            screen.append(wrapped(said, width, INDENT))
    return screen


def _change(one: Change, words: Words, lang: Lang, width: int) -> Text:
    room = width - 2 * len(INDENT)
    why = ", ".join(words.ui(f"reason.{reason}", lang) for reason in one.reasons)
    head = f"{one_line(one.student, 24)}  {_score(one)}  {why}"
    text = Text(f"{INDENT}{INDENT}{fitted(head, room)}\n")
    for moved in one.checks[:MOST_CHECKS]:
        line = f"{_said(moved.before, moved.points_before)} → {_said(moved.after, moved.points_after)}  "
        text.append(f"{INDENT * 3}{fitted(line + one_line(moved.id, 80), room - len(INDENT))}\n", "dim")
    if len(one.checks) > MOST_CHECKS:
        more = words.ui("terminal.more", lang, n=len(one.checks) - MOST_CHECKS)
        text.append(f"{INDENT * 3}{more}\n", "dim")
    return text


def _score(one: Change) -> str:
    before, after = said_number(one.score_before), said_number(one.score_after)
    if one.max_before != one.max_after:
        before, after = f"{before}/{said_number(one.max_before)}", f"{after}/{said_number(one.max_after)}"
    return f"{before} → {after}"


def _said(state: str | None, points: float | None) -> str:
    if state is None or points is None:
        return "–"
    signs = {str(name): sign for name, sign in view.GLYPHS.items()}
    return f"{signs.get(state, '')} {said_number(points)}".strip()


def _named(people: Sequence[Person], words: Words, lang: Lang) -> str:
    said = ", ".join(one_line(person.student, 24) for person in people[:MOST_NAMED])
    rest = len(people) - MOST_NAMED
    return f"{said} {words.ui('terminal.more', lang, n=rest)}" if rest > 0 else said
