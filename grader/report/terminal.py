"""What a terminal shows of one record: the screen of `check`, the line that `grade` leaves.

Columns of fixed width come first, words last; widths count terminal cells, of which Hangul takes two.
Nothing of a student's reaches the terminal with control characters in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from rich.cells import cell_len, set_cell_size
from rich.text import Text

from grader.record import Check, Finding, Record
from grader.report import class_view, view
from grader.report.columns import DOTS, INDENT, fitted
from grader.report.excerpt import explained, plain, wrapped
from grader.report.lateness import short
from grader.report.sentences import one_line, said_number, said_seconds
from grader.report.teaching import headline
from grader.report.words import Lang, Words

STYLES: Mapping[view.Shown, str] = {
    "passed": "green",
    "failed": "red",
    "blocked": "yellow",
    "undecided": "magenta",
    "broken": "magenta",
    "manual": "magenta",
    "marked": "",
}
LONGEST_LIST = 12
WIDTH = 80
BETWEEN = "   "
"""Between two statements that stand on one line."""


def check_screen(
    record: Record,
    words: Words,
    lang: Lang = "en",
    all: bool = False,
    *,
    command: Sequence[str] | None = None,
    width: int = WIDTH,
    hidden_points: float = 0.0,
    told: str = "",
) -> Text:
    """The screen of `grader check`: every check in a line, then the one failure that opens most points.

    With `all` every failure is explained. `command`: the words of the command that was given, so that it can
    be given again. `hidden_points` are those of the checks that `check` cannot run. `told`: of a live
    notebook, how its state was asked; there is no command then but `grader.check` itself.
    """
    live = bool(told)
    command = [] if live else command or ["grader", "check", one_line(record.notebook, 120)]
    ran = [cell for cell in record.run.cells if cell.kind == "code"]
    title = words.lesson_title(lang) or one_line(record.lesson, 60)
    heads = [told or words.ui("terminal.ran", lang, n=len(ran), seconds=said_seconds(record.run.seconds))]
    if record.run.cpu_seconds is not None and not told:
        heads.append(words.ui("terminal.ran_cpu", lang, seconds=said_seconds(record.run.cpu_seconds)))
    screen = flowed([Text(title, "bold"), *[Text(head, "dim") for head in heads]], width)
    screen.append("\n").append(_check_lines(record, words, lang, all, width))
    groups = view.groups(record)
    if record.run.finding is not None:
        placed = msgspec.structs.replace(record.run.finding, where=view.run_place(record))
        screen.append("\n").append(explained(placed, None, words, lang, command, width))
    shown = groups.failed if all else [] if record.run.finding else groups.failed[:1]
    for check in shown:
        finding = check.findings[0] if check.findings else None
        screen.append("\n").append(explained(finding, check, words, lang, command, width))
        if live:
            again = f'{words.ui("terminal.only", lang)} grader.check("{one_line(check.id, 120)}")'
            screen.append(f"\n{INDENT}{again}\n", "dim")
    all_key = None if all else "live.see_all" if live else "terminal.see_all"
    return screen.append("\n").append(_closing(record, groups, words, lang, all_key, hidden_points, width))


def submission_line(record: Record, words: Words, lang: Lang = "en", name_width: int = 12) -> Text:
    """The line that `grade` leaves for a finished submission."""
    state = _standing(record)
    seconds = words.ui("terminal.seconds", lang, seconds=said_number(round(class_view.seconds(record))))
    score = f"{said_number(record.score)}/{said_number(record.max_score)}"
    line = Text(INDENT).append(view.GLYPHS[state], STYLES[state]).append(" ")
    line.append(set_cell_size(fitted(one_line(record.student, 60), name_width), name_width)).append(" ")
    line.append(_right(score, 7)).append("  ").append(_right(seconds, 6), "dim").append(BETWEEN)
    line.append(", ".join(filter(None, [what_happened(record, words, lang), short(record, words, lang)])))
    line.rstrip()
    return line


def what_happened(record: Record, words: Words, lang: Lang) -> str:
    """The one thing to say about a submission: our fault, how it stopped, or its most costly mistake."""
    for check in record.checks:
        if view.state_of(check) == "broken":
            return words.ui("terminal.our_fault", lang, check=one_line(check.id, 60))
    if view.stopped(record):
        cell = record.run.cell
        if record.run.state == "cell_failed" and cell is not None:
            return words.ui(
                "terminal.stopped", lang, cell=cell, message=one_line(record.run.message or "", 70)
            )
        if record.run.state == "out_of_time" and cell is not None:
            return words.ui("terminal.timed_out", lang, cell=cell)
        return words.ui(f"run_state.{record.run.state}", lang)
    for check in record.checks:
        if view.state_of(check) == "undecided":
            return words.ui("terminal.undecided", lang, check=one_line(check.id, 60))
    groups = view.groups(record)
    failed = groups.failed
    if not failed and groups.manual:
        return words.ui("terminal.by_hand", lang, check=one_line(groups.manual[0].id, 60))
    if not failed:
        return ""
    findings = failed[0].findings[:1] or [Finding("check.unknown", "")]
    return plain(headline(findings, words, lang, failed[0].id))


def title_of(check: Check, words: Words, lang: Lang) -> str:
    """The promise of a check, on one line."""
    known = words.has_check(check.id) or not check.title
    return one_line(words.check_title(check.id, lang) if known else check.title, 100).replace("`", "")


def flowed(parts: Sequence[Text], width: int, between: str = BETWEEN) -> Text:
    """Statements side by side as far as `width` goes, the rest below; one that is too long is folded."""
    text, used = Text(), 0
    for part in parts:
        long = cell_len(part.plain)
        if used and used + len(between) + long <= width:
            text.append(between)
            used += len(between)
        elif used:
            text.append("\n")
            used = 0
        text.append(part if long <= width else wrapped(part.plain, width).rstrip("\n"))
        used += long
    return text.append("\n")


def _check_lines(record: Record, words: Words, lang: Lang, all: bool, width: int) -> Text:
    lines = Text()
    checks = record.checks
    if len(checks) > LONGEST_LIST and not all:
        # What needs work is never cut from the list; passed checks make room first.
        trouble = [check for check in checks if view.state_of(check) != "passed"]
        room = max(LONGEST_LIST - len(trouble), 0)
        kept = {check.id for check in trouble[:LONGEST_LIST]}
        kept |= {check.id for check in [check for check in checks if check.id not in kept][:room]}
        checks = [check for check in checks if check.id in kept]
    scores = [
        f"{said_number(check.points)}/{said_number(check.max_points)}" if check.max_points else "–"
        for check in checks
    ]
    score_width = max(map(cell_len, scores), default=0)
    room = width - len(INDENT) - 2 - score_width - 2
    for check, score in zip(checks, scores, strict=True):
        state = view.state_of(check)
        lines.append(INDENT).append(view.GLYPHS[state], STYLES[state]).append(" ")
        lines.append(_right(score, score_width)).append("  ")
        title = title_of(check, words, lang)
        if check.strength == "weak":
            title = f"{title} ({words.ui('terminal.weak', lang)})"
        lines.append(fitted(title, room) + "\n")
    if len(checks) < len(record.checks):
        more = words.ui("terminal.more", lang, n=len(record.checks) - len(checks))
        lines.append(f"{INDENT}{DOTS} {more}\n", "dim")
    return lines


def _closing(
    record: Record,
    groups: view.Groups,
    words: Words,
    lang: Lang,
    all_key: str | None,
    hidden_points: float,
    width: int,
) -> Text:
    score = f"{said_number(record.score)} / {said_number(record.max_score)}"
    if groups.failed or record.run.finding is not None:
        # A stopped notebook comes first: no single check says how much waits for it.
        first = None if record.run.finding is not None else groups.failed[0]
        waiting = view.openings(record)[first.id].waiting if first else 0
        more = len(groups.failed) > (1 if first else 0)
        key = "first_opens" if waiting else "first" if more else "only_this"
        parts = [Text(words.ui(f"terminal.{key}", lang, n=waiting))]
        if more and all_key:
            parts.append(Text(words.ui(all_key, lang), "dim"))
    else:
        waits = groups.undecided or groups.manual or groups.broken or groups.blocked
        parts = [Text(words.ui("terminal.wait" if waits else "terminal.all", lang))]
    closing = flowed([Text(score, "bold"), *parts], width, "  ")
    if hidden_points and not groups.failed and record.run.finding is None:
        one = 1 if hidden_points == 1 else 2
        points = words.ui("points.n", lang, n=one, points=hidden_points)
        closing.append(wrapped(words.ui("verdict.hidden_open", lang, points=points), width))
    return closing


def _standing(record: Record) -> view.Shown:
    states = {view.state_of(check) for check in record.checks}
    if view.stopped(record):
        states.add("failed")
    order: tuple[view.Shown, ...] = ("broken", "undecided", "failed", "manual")
    return next((state for state in order if state in states), "passed")


def _right(text: str, width: int) -> str:
    return " " * max(width - cell_len(text), 0) + text
