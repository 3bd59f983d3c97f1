"""Runs a lesson's checks over one guest: pytest in this process, once."""

from __future__ import annotations

import contextlib
import io
import os
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from grader.errors import LessonError
from grader.judge import fixtures
from grader.judge.bands import Bands
from grader.judge.guest import Guest
from grader.judge.outcome import Outcome, Verdict
from grader.judge.plugin import Checks
from grader.judge.task import Guests, Task
from grader.lesson import Lesson

_INI = Path(__file__).with_name("checks.ini")
_UNUSED = (
    "cacheprovider", "terminal", "junitxml", "doctest", "pastebin", "stepwise", "setuponly", "setupplan",
    "logging", "faulthandler", "unraisableexception", "threadexception", "debugging", "recwarn", "legacypath",
    "warnings", "capture", "monkeypatch", "pytester",
)  # fmt: skip


class OneGuest:
    """Gives every check the same guest: for guests that keep nothing between requests."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest

    def opened(self, check: str, *, fresh: bool) -> AbstractContextManager[Guest]:
        return nullcontext(self._guest)

    def shared(self) -> bool:
        return False

    def cpu(self) -> float | None:
        return None


def warm_up(folder: Path) -> None:
    """One run of pytest over nothing, so that no later one has to import what pytest imports late."""
    # Plugins that happen to be installed beside the grader have no part in judging, not even here.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    nothing = folder / "nothing"
    nothing.mkdir()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main([str(nothing), *options(nothing)])


def run_checks(
    lesson: Lesson,
    guests: Guests,
    key: bytes,
    *,
    hidden: bool = True,
    only: str | None = None,
    heard: Callable[[Outcome], None] = lambda outcome: None,
) -> Verdict:
    """The outcomes of all checks (or of `only` and what it needs); `heard` is told each as it comes. Call
    once per process: pytest keeps state. A lesson that cannot be collected gives a verdict with `trouble` and
    the author's blame."""
    return run_when_asked(lesson, lambda: Task(guests, key, only, heard), hidden=hidden)


def collect_checks(lesson: Lesson, *, hidden: bool = True) -> Verdict:
    """The checks in the order they would run, without running any. Call once per process."""
    return run_when_asked(lesson, lambda: None, hidden=hidden)


def run_when_asked(lesson: Lesson, wait: Callable[[], Task | None], *, hidden: bool = True) -> Verdict:
    """Collects the checks, then runs them on what `wait` returns; for None it tells only which there are.

    `wait` is called once, whatever came of collecting, so that any number of forks may return from it.
    """
    asked = False

    def waited() -> Task | None:
        nonlocal asked
        task = wait()
        asked = True
        return task

    verdict = _run(lesson, waited, hidden=hidden)
    if not asked:
        wait()
    return verdict


def _run(lesson: Lesson, wait: Callable[[], Task | None], *, hidden: bool) -> Verdict:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        expected, bands = lesson.expected_checks(hidden=hidden), Bands.read(lesson.folder)
        plugin = Checks(lesson.folder, expected, lesson.options, lesson.names, wait)
        status = pytest.main(arguments(lesson, hidden=hidden), plugins=[plugin, fixtures])
    except LessonError as error:
        return Verdict([], str(error), "author")
    except BaseException:
        return Verdict([], traceback.format_exc()[-4000:], "us")
    if plugin.collection_errors:
        return Verdict([], "\n".join(plugin.collection_errors), "author")
    if plugin.refused is not None:
        return Verdict([], plugin.refused, "author")
    if not plugin.listed:
        return Verdict([], "Nothing was collected.", "author")
    if plugin.only_listed:
        return Verdict([], listed=plugin.listed)
    outcomes = [bands.behind(outcome) for outcome in plugin.outcomes.values()]
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not outcomes:
        return Verdict(outcomes, f"pytest ended with {status!r}", "us")
    return Verdict(outcomes)


def arguments(lesson: Lesson, *, hidden: bool) -> list[str]:
    """What pytest is told of a lesson: its folders of checks and `options`."""
    folders = [lesson.folder / name for name in (("checks", "hidden") if hidden else ("checks",))]
    return [*[str(folder) for folder in folders if folder.is_dir()], *options(lesson.folder)]


def options(root: Path) -> list[str]:
    """Our own ini, `root` as the root, no plugin that checks do not need."""
    return [
        "-c", str(_INI), f"--rootdir={root}", "--import-mode=importlib", "--strict-markers",
        *[part for name in _UNUSED for part in ("-p", f"no:{name}")],
    ]  # fmt: skip
