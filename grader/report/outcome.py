"""What became of one check, as plain text: for platforms and tools that show text and nothing else.

Takes the record as its student may see it (`audience.for_student`), and says of a hidden check no more.
"""

from __future__ import annotations

from datetime import datetime

from grader.record import Check, Record
from grader.report import view
from grader.report.dates import said_moment
from grader.report.excerpt import explained, plain
from grader.report.sentences import one_line, plain_text, said_number
from grader.report.terminal import title_of
from grader.report.words import Lang, Words

WIDTH = 80


def told(check: Check, record: Record, words: Words, lang: Lang, now: datetime | None) -> str:
    """Why a check stands as it does, in lines of at most 80 cells; nothing for one that simply passed.

    now: the moment at which it is read, for findings that open with the due date; None: before any
    """
    said = [_reason(check, record, words, lang, now)]
    if check.override is not None:
        points = _points(check.override.points, words, lang)
        said += [plain(words.ui("page.override", lang, points=points)), plain_text(check.override.comment)]
    return "\n".join(part.strip("\n") for part in said if part.strip())


def run_told(record: Record, words: Words, lang: Lang) -> str:
    """How the notebook ended, where it did not reach its end; else nothing."""
    if record.run.finding is None:
        return ""
    return explained(record.run.finding, None, words, lang, (), WIDTH).plain.strip("\n")


def standing(record: Record, words: Words, lang: Lang) -> list[str]:
    """The verdict on a whole record: one sentence a line, the first is the most important."""
    found = view.groups(record)
    things = len(found.failed) + (1 if record.run.finding else 0)
    if record.run.state == "unreadable":
        said = [words.ui("verdict.unreadable", lang)]
    elif things:
        count = words.ui(f"count.{things}", lang) if things < 10 else str(things)
        said = [words.ui("verdict.fix", lang, n=things, count=count)]
    elif found.undecided or found.broken or found.blocked:
        said = [words.ui("verdict.wait", lang)]
    else:
        said = [words.ui("verdict.all" if record.checks else "verdict.none", lang, n=len(record.checks))]
    counted = view.counted(record)
    if counted and len(found.passed) < len(record.checks):
        said.append(words.ui("verdict.passing", lang, passed=len(found.passed), n=len(counted)))
    if record.held:
        said.append(words.ui("verdict.held", lang, points=_points(record.held, words, lang)))
    if record.late_penalty:
        off = _points(record.late_penalty, words, lang)
        said.append(words.ui("verdict.late", lang, points=off, raw=said_number(record.raw_score)))
    for check in found.broken:
        said.append(f"{title_of(check, words, lang)}: {words.ui('page.broken_why', lang)}")
    return [plain(one) for one in said]


def _reason(check: Check, record: Record, words: Words, lang: Lang, now: datetime | None) -> str:
    match view.state_of(check):
        case "passed":
            return ""
        case "blocked":
            root = view.blocker(check, record)
            if root is None:
                return plain(words.ui("page.blocked_plain", lang, n=1))
            return plain(words.ui("page.blocked", lang, n=1, check=title_of(root, words, lang)))
        case "undecided":
            points = _points(check.max_points, words, lang)
            return plain(words.ui("page.undecided_why", lang, points=points))
        case "manual":
            return plain(words.ui("page.manual_why", lang, points=_points(check.max_points, words, lang)))
        case "broken":
            return plain(words.ui("page.broken_why", lang))
    if view.is_echo(check, record):
        return plain(words.ui("exports.echo", lang))
    if check.visibility == "hidden" and not check.findings and not record.showing.open(now):
        return _kept_back(record, words, lang)
    found = explained(check.findings[0] if check.findings else None, check, words, lang, (), WIDTH).plain
    return found if check.visibility == "public" else f"{plain(words.ui('page.hidden_why', lang))}\n{found}"


def _kept_back(record: Record, words: Words, lang: Lang) -> str:
    due = record.showing.due
    if record.showing.hidden_findings != "after_due" or due is None:
        return plain(words.ui("page.kept_back", lang))
    return plain(words.ui("page.kept_until", lang, due=said_moment(due, words, lang)))


def _points(value: float, words: Words, lang: Lang) -> str:
    return one_line(words.ui("points.n", lang, n=1 if value == 1 else 2, points=said_number(value)))
