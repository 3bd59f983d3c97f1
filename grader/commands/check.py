"""`grader check`: a student's own notebook against the public checks, on inputs from a public constant."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from grader import lesson as lessons
from grader.commands.versions import caution
from grader.errors import SandboxError, UsageError
from grader.exchange.folders import find
from grader.lesson import Lesson
from grader.live.system import can_fork
from grader.record import Record
from grader.report.columns import fitted
from grader.report.progress import Progress, terminal_console
from grader.report.terminal import check_screen
from grader.report.words import Lang, Words
from grader.submission import Submission

WIDEST = 100
"""Cells beyond which lines of prose are hard to read."""


@dataclass(frozen=True)
class Asked:
    """What is to be checked, and how: the same for every way of doing it."""

    submission: Submission
    lesson: Lesson
    only: str | None
    sandbox: str | None
    words: Words
    lang: Lang
    pages: bool
    """Whether the page is wanted, too."""
    said: Callable[[str], None]
    """Hears what is going on, in words."""


@dataclass(frozen=True)
class Checked:
    """What came of it. hidden_points: of the checks that `check` cannot run; page: the student's."""

    record: Record
    hidden_points: float
    page: Callable[[], str]


def run(
    notebook: Path,
    lesson: str | None,
    only: str | None,
    all_: bool,
    out: Path | None,
    sandbox: str | None,
    lang: Lang,
) -> int:
    """Checks one notebook; returns 0 where every public check passes, else 1. Raises what ended it early."""
    if notebook.is_dir():
        raise UsageError(f"{notebook} is a folder: check takes one notebook, grade takes a folder.")
    forks = can_fork()
    if not forks and sandbox != "none":
        raise SandboxError(
            "There are no walls around a notebook on this system. It is your own notebook? Then type:\n"
            f"  {' '.join(_again(notebook, lesson, 'none', lang))}"
        )
    submission, of = _found(notebook, lesson, forks)
    if only is not None and only.partition("[")[0] not in of.expected_checks(hidden=False):
        raise no_check(only, of.name, of.expected_checks(hidden=False))
    words = Words.load(of.words)
    title = words.lesson_title(lang) or of.name
    # On standard error, and only where somebody watches: what is printed stays the verdict alone.
    watch = terminal_console(stderr=True)
    if (word := caution(words, lang)) is not None:
        watch.print(word, markup=False, highlight=False)
    room = watch.width - 4
    status = watch.status(fitted(words.ui("terminal.starting", lang, lesson=title), room))

    def said(text: str) -> None:
        status.update(fitted(f"{title}: {text}", room))

    asked = Asked(submission, of, only, sandbox, words, lang, out is not None, said)
    try:
        with contextlib.ExitStack() as stack:
            if watch.is_interactive:
                stack.enter_context(status)
            checked = stack.enter_context(_way(forks)(asked))
            if out is not None:
                _keep(checked, out)
            status.stop()
            _print(checked, all_, _again(notebook, lesson, sandbox, lang), words, lang)
    except KeyboardInterrupt:
        watch.print(words.ui("terminal.ended", lang))
        raise
    # What a person marks is neither right nor wrong yet: it fails nobody.
    return 0 if all(check.state in ("passed", "manual") for check in checked.record.checks) else 1


def no_check(name: str, lesson: str, known: Iterable[str]) -> UsageError:
    return UsageError(f"There is no public check {name}. The public checks of {lesson}: {', '.join(known)}.")


def _way(forks: bool) -> Callable[[Asked], AbstractContextManager[Checked]]:
    if forks:
        from grader.commands.checking import behind_walls

        return behind_walls
    from grader.commands.checking_alone import without_forks

    return without_forks


def _found(notebook: Path, lesson: str | None, forks: bool) -> tuple[Submission, Lesson]:
    chosen = lessons.find(lesson) if lesson is not None else None
    known = {chosen.name: chosen} if chosen else lessons.known(notebook.parent, Path())
    asked = chosen.name if chosen else None
    if asked is not None or not forks:
        # Nothing has to be read of the notebook yet, or nothing reads it in a limited process here.
        submission = find(notebook, lesson=asked, lessons=set(known))[0]
    else:
        from grader.desk.lessons import LessonReader

        with LessonReader() as told:
            submission = find(notebook, lesson=None, lessons=set(known), told=told)[0]
    return submission, known[submission.lesson]


def _print(checked: Checked, all_: bool, again: Sequence[str], words: Words, lang: Lang) -> None:
    progress = Progress(words, lang)
    screen = check_screen(
        checked.record,
        words,
        lang,
        all_,
        command=again,
        width=min(progress.width, WIDEST),
        hidden_points=checked.hidden_points,
    )
    progress.console.print(screen, soft_wrap=True, end="")


def _again(notebook: Path, lesson: str | None, sandbox: str | None, lang: Lang) -> list[str]:
    """The words of the same command."""
    said = ["grader", "check", str(notebook)]
    said += ["--lesson", lesson] if lesson is not None else []
    said += ["--sandbox", sandbox] if sandbox is not None else []
    return said + (["--lang", lang] if lang != "en" else [])


def _keep(checked: Checked, out: Path) -> None:
    from grader import record as records
    from grader.filenames import stems
    from grader.output import Shelf

    record = checked.record
    shelf = Shelf(out, record.lesson)
    stem = stems([(record.student, record.student_id)])[record.student_id]
    shelf.write(f"{stem}.json", records.encode(record))
    shelf.write(f"{stem}.html", checked.page())
