"""What `grade` says when it is through with a class, or was ended before: counts, mistakes, where to look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from grader.record import Record
from grader.report import class_view
from grader.report.columns import INDENT, fitted
from grader.report.excerpt import plain, wrapped
from grader.report.sentences import one_line, said_number, said_seconds
from grader.report.teaching import headline
from grader.report.terminal import WIDTH, flowed, what_happened
from grader.report.view import groups
from grader.report.words import Lang, Words

BAR, SHORT_BAR = 20, 10
NARROW = 60
"""In a narrower terminal labels stand above what they name, and common mistakes have no bars."""
MOST_NAMED = 10
"""Submissions that are named; the class page has them all."""


def class_summary(
    records: Sequence[Record], words: Words, lang: Lang = "en", *,
    seconds: float = 0.0, class_page: str = "", width: int = WIDTH, unchanged: int = 0,
) -> Text:  # fmt: skip
    """What `grade` says at the end: counts, common mistakes, who needs a person, where the page is.

    seconds: what the run took
    unchanged: how many of the records were taken from before
    """
    if not records:
        return Text(words.ui("class.empty", lang) + "\n")
    needing = [record for record in class_view.needing(records) if class_view.pressing(record)]
    stopped = sum(record.run.state != "finished" for record in records)
    median, highest = class_view.middle(records)
    counts = [words.ui("terminal.finished", lang, n=len(records) - stopped)]
    counts += [words.ui("terminal.stopped_count", lang, n=stopped)] if stopped else []
    counts += [words.ui("terminal.needs_you", lang, n=len(needing))] if needing else []
    time = said_time(seconds, words, lang)
    now = len(records) - unchanged
    key = "graded" if not unchanged else "graded_some" if now else "graded_none"
    graded = words.ui(f"terminal.{key}", lang, n=now, unchanged=unchanged, time=time)
    score = words.ui("terminal.median", lang, score=said_number(median), max=said_number(highest))
    screen = Text("\n").append(flowed([Text(graded), Text(score), Text(", ".join(counts))], width))
    label_width = (
        _label_width(("most_missed", "needs", "mark", "class"), words, lang) if width >= NARROW else 0
    )
    screen.append(_most_missed(records, words, lang, label_width, width))
    for at, record in enumerate(needing[:MOST_NAMED]):
        label = _label("needs" if at == 0 else "", words, lang, label_width)
        name = set_cell_size(fitted(one_line(record.student, 60), 12), 12)
        room = width - (len(INDENT) + label_width if label_width else 2 * len(INDENT)) - 14
        happened = fitted(what_happened(record, words, lang), room)
        screen.append("\n" if at == 0 else "").append(f"{label}{name}  {happened}\n")
    if len(needing) > MOST_NAMED:
        more = words.ui("terminal.more", lang, n=len(needing) - MOST_NAMED)
        screen.append(_label("", words, lang, label_width) + more + "\n")
    by_hand = _by_hand(records, words, lang, label_width, width)
    screen.append("" if needing or not by_hand else "\n").append(by_hand)
    if class_page:
        screen.append("" if needing or by_hand else "\n").append(_label("class", words, lang, label_width))
        screen.append(one_line(class_page) + "\n")
    return screen


def stopped_summary(
    total: int, left: Sequence[str], pages: Sequence[str], words: Words, lang: Lang, width: int, goes_on: bool
) -> Text:
    """What `grade` says when it was ended early: what is kept, what is missing, how to go on.

    total: submissions found
    left: names of the students whose submissions have no record of this run
    pages: the class pages that were written
    goes_on: whether the next run takes what was graded in this one
    """
    done = total - len(left)
    screen = Text("\n")
    key = "interrupted" if done else "interrupted_none"
    screen.append(wrapped(words.ui(f"terminal.{key}", lang, n=done, total=total), width))
    labels = ("class", "left_over", "go_on")
    label_width = _label_width(labels, words, lang)
    screen.append("\n")
    for at, page in enumerate(pages):
        screen.append(_label("class" if at == 0 else "", words, lang, label_width) + one_line(page) + "\n")
    named = [fitted(one_line(name, 60), 24) for name in left[:MOST_NAMED]]
    if named:
        label = _label("left_over", words, lang, label_width)
        more = words.ui("terminal.more", lang, n=len(left) - MOST_NAMED) if len(left) > MOST_NAMED else ""
        screen.append(wrapped(f"{', '.join(named)} {more}".strip(), width, label))
    key = "start_over" if not done else "" if not left else "go_on_rest" if goes_on else "go_on_all"
    if key:
        told = words.ui(f"terminal.{key}", lang, n=len(left), total=total)
        screen.append(wrapped(told, width, _label("go_on", words, lang, label_width)))
    return screen


def said_time(seconds: float, words: Words, lang: Lang) -> str:
    """A length of time as a person says it."""
    if seconds < 90:
        return words.ui("terminal.seconds", lang, seconds=said_seconds(seconds))
    minutes, rest = divmod(round(seconds), 60)
    return words.ui("terminal.minutes", lang, minutes=minutes, seconds=rest)


def said_about(seconds: float, words: Words, lang: Lang) -> str:
    """A length of time that is only estimated: whole minutes, or a multiple of five seconds."""
    if seconds >= 90:
        return words.ui("terminal.whole_minutes", lang, n=round(seconds / 60))
    return words.ui("terminal.seconds", lang, seconds=max(5 * round(seconds / 5), 5))


def _by_hand(records: Sequence[Record], words: Words, lang: Lang, label_width: int, width: int) -> Text:
    """For each check that a person marks: how many wait."""
    waiting = Counter(check.id for record in records for check in groups(record).manual)
    lines = Text()
    room = width - (len(INDENT) + label_width if label_width else 2 * len(INDENT))
    for at, (name, count) in enumerate(waiting.items()):
        said = words.ui("terminal.waiting", lang, n=count, check=one_line(name, 60))
        lines.append(_label("mark" if at == 0 else "", words, lang, label_width) + fitted(said, room) + "\n")
    return lines


def _most_missed(records: Sequence[Record], words: Words, lang: Lang, label_width: int, width: int) -> Text:
    shared = [one for one in class_view.clusters(records) if len(one.records) >= class_view.SHARED]
    mistakes = [one for one in shared if one.teachable][:3]
    lines = Text("\n" if mistakes else "")
    said = [plain(headline(one.findings, words, lang)) for one in mistakes]
    count = cell_len(words.ui("terminal.of", lang, n=len(records), total=len(records)))
    longest = max(map(cell_len, said), default=0)
    room = width - (len(INDENT) + label_width if label_width else 2 * len(INDENT)) - count - 2
    bar = 0 if not label_width else BAR if longest + BAR + 3 <= room else SHORT_BAR
    column = min(longest, max(room - (bar + 3 if bar else 0), 10))
    for at, (one, mistake) in enumerate(zip(mistakes, said, strict=True)):
        full = max(round(bar * len(one.records) / len(records)), 1)
        lines.append(_label("most_missed" if at == 0 else "", words, lang, label_width))
        lines.append(set_cell_size(fitted(mistake, column), column))
        if bar:
            lines.append("   ").append("█" * full, "red").append("░" * (bar - full), "dim")
        lines.append("  " + words.ui("terminal.of", lang, n=len(one.records), total=len(records)) + "\n")
    return lines


def _label_width(keys: Sequence[str], words: Words, lang: Lang) -> int:
    return max(cell_len(words.ui(f"terminal.{key}", lang)) for key in keys) + 3


def _label(key: str, words: Words, lang: Lang, width: int) -> str:
    """A label `width` cells wide; 0: on a line of its own."""
    text = words.ui(f"terminal.{key}", lang) if key else ""
    if not width:
        return INDENT + (text + "\n" + INDENT if text else "") + INDENT
    return INDENT + set_cell_size(text, width)
