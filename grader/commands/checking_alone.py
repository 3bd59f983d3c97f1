"""One notebook checked where nothing can be forked, by this process and one that runs the notebook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from grader.commands.check import Asked, Checked
from grader.live.alone import check_alone


@contextmanager
def without_forks(asked: Asked) -> Iterator[Checked]:
    """What came of the notebook."""
    words, lang = asked.words, asked.lang

    def said(what: str, number: int, of: int) -> None:
        asked.said(words.ui(f"terminal.at_{what}", lang, n=number, of=of))

    record = check_alone(asked.submission, asked.lesson, words, lang, asked.only, said)

    def page() -> str:
        from grader.report.page import student_page

        return student_page(record, words, lang, now=datetime.now(UTC))

    yield Checked(record, asked.lesson.hidden_points or 0.0, page)
