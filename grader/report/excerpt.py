"""One failure explained on a terminal: what was seen, the student's own lines, a table, a hint."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from textwrap import dedent

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.text import Text

from grader.record import Check, Finding, Where
from grader.report.columns import INDENT, fitted, table
from grader.report.sentences import clean, no_command, one_line
from grader.report.view import underlined
from grader.report.words import Lang, Words

NARROWEST = 20
"""Cells that a text keeps beside its label, however narrow the terminal."""
BEFORE, AFTER = 3, 1
"""Own lines shown around the marked one."""


def explained(
    finding: Finding | None,
    check: Check | None,
    words: Words,
    lang: Lang,
    command: Sequence[str],
    width: int,
) -> Text:
    """The failure under a rule with its headline; of a hidden check our own words alone.

    `command`: the words of the command that led here; `--only` and the check are added. Where there was
    none, no command is shown.
    """
    open_ = check is None or check.visibility == "public"
    code = finding.code if finding else "check.unknown"
    facts = finding.facts if finding and open_ else {}
    said = words.said(code, facts, lang, check.id if check else None)
    where = finding.where if finding and open_ else None
    text = _rule(plain(said.headline), words.ui("terminal.cell", lang, n=where.cell) if where else "", width)
    text.append("\n")
    body = [said.tried, said.expected, said.saw] if open_ else []
    keys = ("page.tried", "page.expected", "page.saw")
    label_width = max(cell_len(words.ui(key, lang)) for key in keys) + 2
    for key, part in zip(keys, body, strict=False):
        if part:
            label = set_cell_size(words.ui(key, lang), label_width)
            text.append(wrapped(plain(part), width, INDENT + label))
    if where:
        text.append("\n" if any(body) else "").append(_own_lines(where, width))
    for evidence in finding.evidence[:1] if finding and open_ else []:
        drawn = table(evidence, words, lang, width)
        text.append("\n" if drawn else "").append(drawn)
    if said.why:
        text.append("\n" + wrapped(plain(said.why), width, INDENT))
    if said.hints:
        label = INDENT + words.ui("terminal.hint", lang) + "  "
        text.append("\n" + wrapped(plain(said.hints[0]), width, label))
    if command and check is not None and check.visibility == "public":
        again = [*command, "--only", one_line(check.id, 120)]
        text.append("\n" + _command(words.ui("terminal.only", lang), again, width), "dim")
    return text


def plain(text: str) -> str:
    """Our own words on one line, without the marks of code."""
    return one_line(text.replace("`", ""), 1000)


def wrapped(text: str, width: int, first: str = "") -> str:
    """`text` after `first`, folded at blanks to `width` cells, its lines under one another."""
    room = max(width - cell_len(first), NARROWEST)
    lines: list[str] = [""]
    for word in text.split(" "):
        for piece in chop_cells(word, room) if cell_len(word) > room else [word]:
            if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(piece) > room:
                lines.append(piece)
            else:
                lines[-1] = f"{lines[-1]} {piece}".strip()
    return ("\n" + " " * cell_len(first)).join([first + lines[0], *lines[1:]]) + "\n"


def _rule(headline: str, place: str, width: int) -> Text:
    lead = "── "
    line = Text(lead)
    used = cell_len(lead + headline) + cell_len(place) + 2
    if used + 2 > width:
        # Too long for one line: nothing of it may be lost, so it is folded, and the place comes last.
        folded = wrapped(f"{headline} ({place})" if place else headline, width, lead)
        return line.append(folded.removeprefix(lead), "bold")
    line.append(headline, "bold").append(" " + "─" * (width - used - (0 if place else -1)))
    return line.append(f" {place}\n" if place else "\n")


def _own_lines(where: Where, width: int) -> Text:
    shown = Text()
    first = max(where.marked - BEFORE, 0)
    while first < where.marked and not where.lines[first].strip():
        first += 1
    last = max(where.marked + AFTER, first + BEFORE + AFTER)
    kept = where.lines[first : last + 1]
    lines = dedent(
        "\n".join(no_command(clean(line)).replace("\n", " ").expandtabs(4)[:160] for line in kept)
    ).split("\n")
    first_number = where.first_line + first
    number_width = len(str(first_number + len(lines)))
    room = max(width - cell_len(INDENT) - number_width - 4, NARROWEST)
    for at, line in enumerate(lines, start=first):
        gutter = f"{INDENT}{where.first_line + at:>{number_width}} │  "
        shown.append(gutter.rstrip() if not line else gutter, "dim").append(fitted(line, room) + "\n")
        if at == where.marked:
            token = clean(underlined(where))
            start = line.find(token) if token else -1
            if start < 0:
                start, token = len(line) - len(line.lstrip()), line.strip()
            before = min(cell_len(line[:start]), room - 1)
            shown.append(f"{INDENT}{'':>{number_width}} │  ", "dim").append(" " * before)
            shown.append("^" * max(min(cell_len(token), room - before), 1) + "\n", "red")
    return shown


def _command(label: str, command: Sequence[str], width: int) -> str:
    """The command as it can be copied: where it is too long for a line, continued as shells do."""
    whole = f"{INDENT}{label}  {shlex.join(command)}"
    if cell_len(whole) <= width:
        return whole + "\n"
    quoted = [shlex.quote(word) for word in command]
    lines = [f"{INDENT}{label}", INDENT * 2 + quoted[0]]
    for at, word in enumerate(quoted[1:], start=1):
        # An option stays beside its value.
        together = word if not word.startswith("--") or at + 1 == len(quoted) else f"{word} {quoted[at + 1]}"
        if not quoted[at - 1].startswith("--") and cell_len(f"{lines[-1]} {together} \\") > width:
            lines[-1] += " \\"
            lines.append(INDENT * 3 + word)
        else:
            lines[-1] += f" {word}"
    return "\n".join(lines) + "\n"
