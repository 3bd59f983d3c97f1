"""What a terminal shows of records: the screen of `check`, the lines and the summary of `grade`.

Columns of fixed width come first, words last; widths count terminal cells, of which Hangul takes two.
Nothing of a student's reaches the terminal with control characters in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from rich.cells import cell_len, set_cell_size
from rich.text import Text

from grader.record import Check, CheckState, Record
from grader.report import class_view, view
from grader.report.excerpt import explained, fitted
from grader.report.sentences import one_line, said_number
from grader.report.words import Lang, Words

STYLES: Mapping[CheckState, str] = {
    "passed": "green",
    "failed": "red",
    "blocked": "yellow",
    "undecided": "magenta",
    "broken": "magenta",
    "manual": "magenta",
}
LONGEST_LIST = 12
WIDTH = 80
BAR = 20


def check_screen(
    record: Record,
    words: Words,
    lang: Lang = "en",
    all: bool = False,
    *,
    source: str | None = None,
    width: int = WIDTH,
    hidden_points: float = 0.0,
) -> Text:
    """The screen of `grader check`: every check in a line, then the one failure that opens most points.

    With `all` every failure is explained. `hidden_points` are those of the checks that `check` cannot run.
    """
    notebook = one_line(source or record.notebook, 120)
    screen = Text()
    ran = [cell for cell in record.run.cells if cell.kind == "code"]
    seconds = record.run.seconds
    title = words.lesson_title(lang) or one_line(record.lesson, 60)
    screen.append(title, "bold").append("   ")
    screen.append(
        words.ui(
            "terminal.ran", lang, n=len(ran), seconds=said_number(round(seconds, 1 if seconds < 10 else 0))
        ),
        "dim",
    )
    screen.append("\n\n").append(_check_lines(record, words, lang, all))
    groups = view.groups(record)
    if record.run.finding is not None:
        screen.append("\n").append(_run_explained(record, words, lang, notebook, width))
    shown = groups.failed if all else [] if record.run.finding else groups.failed[:1]
    for check in shown:
        finding = check.findings[0] if check.findings else None
        screen.append("\n").append(explained(finding, check, words, lang, notebook, width))
    return screen.append("\n").append(_closing(record, groups, words, lang, all, hidden_points))


def _run_explained(record: Record, words: Words, lang: Lang, notebook: str, width: int) -> Text:
    finding = record.run.finding
    placed = msgspec.structs.replace(finding, where=view.run_place(record)) if finding else None
    return explained(placed, None, words, lang, notebook, width)


def submission_line(record: Record, words: Words, lang: Lang = "en", name_width: int = 12) -> Text:
    """The line that `grade` leaves for a finished submission."""
    state = _standing(record)
    seconds = words.ui("terminal.seconds", lang, seconds=f"{class_view.seconds(record):.0f}")
    score = f"{said_number(record.score)}/{said_number(record.max_score)}"
    line = Text("  ").append(view.GLYPHS[state], STYLES[state]).append(" ")
    line.append(set_cell_size(fitted(one_line(record.student, 60), name_width), name_width)).append(" ")
    line.append(_right(score, 7)).append("  ").append(_right(seconds, 6), "dim").append("   ")
    line.append(_what_happened(record, words, lang))
    line.rstrip()
    return line


def class_summary(
    records: Sequence[Record], words: Words, lang: Lang = "en", *,
    seconds: float = 0.0, class_page: str = "", width: int = WIDTH,
) -> Text:  # fmt: skip
    """What `grade` says at the end: counts, common mistakes, who needs a person, where the page is."""
    if not records:
        return Text(words.ui("class.empty", lang) + "\n")
    needing = [record for record in class_view.needing(records) if record.state == "needs_review"]
    stopped = sum(view.stopped(record) for record in records)
    median, highest = class_view.middle(records)
    screen = Text(words.ui("terminal.graded", lang, n=len(records), time=said_time(seconds, words, lang)))
    screen.append("   " + words.ui("terminal.median", lang, score=median, max=highest) + "   ")
    counts = [words.ui("terminal.finished", lang, n=len(records) - stopped)]
    counts += [words.ui("terminal.stopped_count", lang, n=stopped)] if stopped else []
    counts += [words.ui("terminal.needs_you", lang, n=len(needing))] if needing else []
    screen.append(", ".join(counts) + "\n")
    label_width = (
        max(cell_len(words.ui(f"terminal.{key}", lang)) for key in ("most_missed", "needs", "class")) + 3
    )
    screen.append(_most_missed(records, words, lang, label_width, width))
    for at, record in enumerate(needing):
        screen.append("\n" if at == 0 else "").append(
            _label("needs" if at == 0 else "", words, lang, label_width)
        )
        screen.append(
            set_cell_size(fitted(one_line(record.student, 60), 12), 12)
            + "  "
            + _what_happened(record, words, lang)
            + "\n"
        )
    if class_page:
        screen.append("" if needing else "\n").append(_label("class", words, lang, label_width))
        screen.append(one_line(class_page) + "\n")
    return screen


def said_time(seconds: float, words: Words, lang: Lang) -> str:
    """Seconds as a person says them."""
    if seconds < 90:
        return words.ui("terminal.seconds", lang, seconds=f"{seconds:.0f}")
    minutes, rest = divmod(round(seconds), 60)
    return words.ui("terminal.minutes", lang, minutes=minutes, seconds=rest)


def _check_lines(record: Record, words: Words, lang: Lang, all: bool) -> Text:
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
    width = max(map(cell_len, scores), default=0)
    for check, score in zip(checks, scores, strict=True):
        state = view.state_of(check)
        lines.append("  ").append(view.GLYPHS[state], STYLES[state]).append(" ")
        lines.append(_right(score, width)).append("  ").append(title_of(check, words, lang) + "\n")
    if len(checks) < len(record.checks):
        lines.append(
            "  … " + words.ui("terminal.more", lang, n=len(record.checks) - len(checks)) + "\n", "dim"
        )
    return lines


def title_of(check: Check, words: Words, lang: Lang) -> str:
    """The promise of a check, on one line."""
    known = words.has_check(check.id) or not check.title
    return one_line(words.check_title(check.id, lang) if known else check.title, 100).replace("`", "")


def _closing(
    record: Record, groups: view.Groups, words: Words, lang: Lang, all: bool, hidden_points: float
) -> Text:
    closing = (
        Text().append(f"{said_number(record.score)} / {said_number(record.max_score)}", "bold").append("  ")
    )
    if groups.failed or record.run.finding is not None:
        # A stopped notebook comes first: no single check says how much waits for it.
        first = None if record.run.finding is not None else groups.failed[0]
        waiting = view.openings(record)[first.id].waiting if first else 0
        closing.append(words.ui("terminal.first_opens" if waiting else "terminal.first", lang, n=waiting))
        if len(groups.failed) > (1 if first else 0) and not all:
            closing.append("  " + words.ui("terminal.see_all", lang), "dim")
    else:
        waits = groups.undecided or groups.broken or groups.blocked
        closing.append(words.ui("terminal.wait" if waits else "terminal.all", lang))
        if hidden_points:
            one = 1 if hidden_points == 1 else 2
            points = words.ui("points.n", lang, n=one, points=hidden_points)
            closing.append("\n" + words.ui("verdict.hidden_open", lang, points=points))
    return closing.append("\n")


def _standing(record: Record) -> CheckState:
    states = {view.state_of(check) for check in record.checks}
    for state in ("broken", "undecided", "manual"):
        if state in states:
            return state
    return "failed" if view.stopped(record) or "failed" in states else "passed"


def _what_happened(record: Record, words: Words, lang: Lang) -> str:
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
        if view.state_of(check) in ("undecided", "manual"):
            return words.ui("terminal.undecided", lang, check=one_line(check.id, 60))
    failed = view.groups(record).failed
    if not failed:
        return ""
    code = failed[0].findings[0].code if failed[0].findings else "check.unknown"
    return words.said(code, {}, lang, failed[0].id).headline.replace("`", "")


def _most_missed(records: Sequence[Record], words: Words, lang: Lang, label_width: int, width: int) -> Text:
    shared = [one for one in class_view.clusters(records) if len(one.records) >= class_view.SHARED]
    mistakes = [one for one in shared if one.teachable][:3]
    lines = Text("\n" if mistakes else "")
    said = [words.said(one.code, {}, lang).headline.replace("`", "") for one in mistakes]
    count = cell_len(words.ui("terminal.of", lang, n=len(records), total=len(records)))
    longest = max(map(cell_len, said), default=0)
    room = width - label_width - count - 7
    bar = BAR if longest + BAR <= room else BAR // 2
    column = min(longest, max(room - bar, 20))
    for at, (one, headline) in enumerate(zip(mistakes, said, strict=True)):
        full = max(round(bar * len(one.records) / len(records)), 1)
        lines.append(_label("most_missed" if at == 0 else "", words, lang, label_width))
        lines.append(set_cell_size(fitted(headline, column), column) + "   ").append(
            "█" * full, "red"
        ).append("░" * (bar - full), "dim")
        lines.append("  " + words.ui("terminal.of", lang, n=len(one.records), total=len(records)) + "\n")
    return lines


def _label(key: str, words: Words, lang: Lang, width: int) -> str:
    return "  " + set_cell_size(words.ui(f"terminal.{key}", lang) if key else "", width)


def _right(text: str, width: int) -> str:
    return " " * max(width - cell_len(text), 0) + text
