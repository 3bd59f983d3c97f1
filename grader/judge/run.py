"""Runs a lesson's checks over one guest: pytest in this process, once."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from grader.errors import LessonError
from grader.judge.bands import Bands
from grader.judge.guest import Guest
from grader.judge.outcome import Outcome, Verdict
from grader.judge.plugin import Checks, Guests
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
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        expected, bands = lesson.expected_checks(hidden=hidden), Bands.read(lesson.folder)
        plugin = Checks(lesson.folder, guests, key, expected, lesson.options, only, heard)
        status = pytest.main(arguments(lesson, hidden=hidden), plugins=[plugin])
    except LessonError as error:
        return Verdict([], str(error), "author")
    except BaseException:
        return Verdict([], traceback.format_exc()[-4000:], "us")
    if plugin.collection_errors:
        return Verdict([], "\n".join(plugin.collection_errors), "author")
    if plugin.refused is not None:
        return Verdict([], plugin.refused, "author")
    outcomes = [bands.behind(outcome) for outcome in plugin.outcomes.values()]
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) or not outcomes:
        return Verdict(outcomes, f"pytest ended with {status!r}", "us")
    return Verdict(outcomes)


def collect_checks(lesson: Lesson, *, hidden: bool = True) -> Verdict:
    """The checks in the order they would run, without running any. Call once per process."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        expected = lesson.expected_checks(hidden=hidden)
        plugin = Checks(lesson.folder, None, b"", expected, lesson.options)
        pytest.main([*arguments(lesson, hidden=hidden), "--collect-only"], plugins=[plugin])
    except LessonError as error:
        return Verdict([], str(error), "author")
    if plugin.collection_errors or not plugin.listed:
        trouble = plugin.refused or "\n".join(plugin.collection_errors) or "Nothing was collected."
        return Verdict([], trouble, "author")
    return Verdict([], listed=plugin.listed)


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
