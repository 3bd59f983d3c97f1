"""One failure explained on a terminal: what was seen, the student's own lines, a table, a hint."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from textwrap import dedent

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.text import Text

from grader.evidence import Evidence, HeatMap, Shapes, Steps, Table
from grader.record import Check, Finding, Where
from grader.report.sentences import clean, no_command, one_line, said_number, short_number
from grader.report.view import broken_cells, underlined
from grader.report.words import Lang, Words

INDENT = "  "
WIDEST_COLUMN, MOST_ROWS, MOST_COLUMNS = 18, 8, 8


def explained(
    finding: Finding | None, check: Check | None, words: Words, lang: Lang, notebook: str, width: int
) -> Text:
    """The failure under a rule with its headline; of a hidden check our own words alone."""
    open_ = check is None or check.visibility == "public"
    code = finding.code if finding else "check.unknown"
    facts = finding.facts if finding and open_ else {}
    said = words.said(code, facts, lang, check.id if check else None)
    where = finding.where if finding and open_ else None
    text = _rule(_plain(said.headline), words.ui("terminal.cell", lang, n=where.cell) if where else "", width)
    text.append("\n")
    body = [said.tried, said.expected, said.saw] if open_ else []
    keys = ("page.tried", "page.expected", "page.saw")
    label_width = max(cell_len(words.ui(key, lang)) for key in keys) + 2
    for key, part in zip(keys, body, strict=False):
        if part:
            label = set_cell_size(words.ui(key, lang), label_width)
            text.append(_wrapped(_plain(part), width, label))
    if where:
        text.append("\n" if any(body) else "").append(_own_lines(where, width))
    for evidence in finding.evidence[:1] if finding and open_ else []:
        text.append(_picture(evidence, words, lang))
    if said.why:
        text.append("\n").append(_wrapped(_plain(said.why), width))
    if said.hints:
        label = words.ui("terminal.hint", lang) + "  "
        text.append("\n").append(_wrapped(_plain(said.hints[0]), width, label))
    if check is not None and check.visibility == "public":
        command = f"grader check {shlex.quote(notebook)} --only {shlex.quote(one_line(check.id, 120))}"
        text.append(f"\n{INDENT}{words.ui('terminal.only', lang)}  {command}\n", "dim")
    return text


def fitted(text: str, room: int) -> str:
    """`text` cut to `room` cells, with an ellipsis where something was cut."""
    return text if cell_len(text) <= room else set_cell_size(text, room - 1) + "…"


def _rule(headline: str, place: str, width: int) -> Text:
    used = cell_len(headline) + cell_len(place) + 5 + (1 if place else 0)
    line = Text("── ").append(headline, "bold").append(" " + "─" * max(width - used, 2))
    return line.append(f" {place}\n" if place else "\n")


def _plain(text: str) -> str:
    return one_line(text, 1000).replace("`", "")


def _wrapped(text: str, width: int, label: str = "") -> str:
    """`text` folded at blanks to `width` cells, its lines under one another beside `label`."""
    room = max(width - cell_len(INDENT + label), 20)
    lines: list[str] = [""]
    for word in text.split(" "):
        for piece in chop_cells(word, room) if cell_len(word) > room else [word]:
            if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(piece) > room:
                lines.append(piece)
            else:
                lines[-1] = f"{lines[-1]} {piece}".strip()
    indents = [label] + [" " * cell_len(label)] * (len(lines) - 1)
    return "".join(f"{INDENT}{indent}{line}\n" for indent, line in zip(indents, lines, strict=True))


def _own_lines(where: Where, width: int) -> Text:
    shown = Text()
    lines = dedent(
        "\n".join(no_command(clean(line)).replace("\n", " ").expandtabs(4)[:160] for line in where.lines)
    ).split("\n")
    number_width = len(str(where.first_line + len(lines)))
    room = max(width - cell_len(INDENT) - number_width - 4, 20)
    for at, line in enumerate(lines):
        shown.append(f"{INDENT}{where.first_line + at:>{number_width}} │  ", "dim").append(
            fitted(line, room) + "\n"
        )
        if at == where.marked:
            token = clean(underlined(where))
            start = line.find(token) if token else -1
            if start < 0:
                start, token = len(line) - len(line.lstrip()), line.strip()
            before = min(cell_len(line[:start]), room - 1)
            shown.append(f"{INDENT}{'':>{number_width}} │  ", "dim").append(" " * before)
            shown.append("^" * min(cell_len(token), room - before) + "\n", "red")
    return shown


def _picture(evidence: Evidence, words: Words, lang: Lang) -> Text:
    """Tables as columns; what a terminal cannot draw well is left to the report."""
    drawn = Text("\n")
    match evidence:
        case Steps():
            rows = [
                [words.label(name, lang), *tokens]
                for name, tokens in zip(evidence.labels, evidence.tokens, strict=False)
            ]
            bad = {(row, step + 1) for row, step in (entry[:2] for entry in evidence.bad if len(entry) > 1)}
        case Table():
            rows = [[words.label(name, lang) for name in evidence.columns], *map(_said, evidence.rows)]
            bad = {(row + 1, 0) for row in evidence.bad}
        case Shapes():
            rows = [["", *(words.label(name, lang) for name in evidence.axes)]]
            rows += [[words.ui("column.expected", lang), *_said(evidence.expected)]]
            rows += [[words.ui("column.got", lang), *_said(evidence.got)]]
            bad = {(2, axis + 1) for axis in evidence.differing}
        case HeatMap():
            rows = [["", *(words.label(name, lang) for name in evidence.columns)]]
            rows += [
                [words.label(name, lang), *map(short_number, values)]
                for name, values in zip(evidence.rows, evidence.values, strict=False)
            ]
            bad = {(row + 1, column + 1) for row, column in broken_cells(evidence)}
            axes = [
                one_line(words.label(axis, lang), 40) for axis in (evidence.row_axis, evidence.column_axis)
            ]
            drawn.append(f"{INDENT}{axes[0]} ↓   {axes[1]} →\n", "dim")
        case _:
            return Text("")
    return drawn.append(_columns(rows, bad))


def _said(values: Iterable[object]) -> list[str]:
    return [said_number(value) if isinstance(value, int | float) else str(value) for value in values]


def _columns(rows: Sequence[Sequence[str]], bad: set[tuple[int, int]]) -> Text:
    cells = [
        [
            ("✗ " if (at, column) in bad else "") + one_line(cell, 60)
            for column, cell in enumerate(row[:MOST_COLUMNS])
        ]
        + ["…"] * (len(row) > MOST_COLUMNS)
        for at, row in enumerate(rows[:MOST_ROWS])
    ]
    cells += [["…"]] * (len(rows) > MOST_ROWS)
    count = max(map(len, cells), default=0)
    widths = [
        min(max((cell_len(row[at]) for row in cells if at < len(row)), default=0), WIDEST_COLUMN)
        for at in range(count)
    ]
    drawn = Text()
    for at, row in enumerate(cells):
        drawn.append(INDENT)
        for column, cell in enumerate(row):
            drawn.append(set_cell_size(cell, widths[column]), "red" if (at, column) in bad else "").append(
                "  "
            )
        drawn.rstrip()
        drawn.append("\n")
    return drawn
