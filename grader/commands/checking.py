"""One notebook checked behind walls, by the processes that grade a class."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from grader import secret
from grader.commands.check import Asked, Checked, no_check
from grader.desk.pages import pages_of
from grader.grade import Course, grade
from grader.sandbox import choose
from grader.workshop import Workshop


@contextmanager
def behind_walls(asked: Asked) -> Iterator[Checked]:
    """What came of the notebook; the processes end when the block is left, so show it inside."""
    of, words, lang = asked.lesson, asked.words, asked.lang
    with (
        Workshop.open(lambda: choose(asked.sandbox), [of], slots=1, pages=asked.pages, few=True) as workshop,
        ThreadPoolExecutor(1) as aside,
    ):
        listed = tuple(workshop.listed(of, hidden=False))
        if asked.only is not None and asked.only not in {check.id for check in listed}:
            raise no_check(asked.only, of.name, [check.id for check in listed])
        held = aside.submit(_hidden_points, asked, workshop)

        def said(what: str, number: int, of: int) -> None:
            told = words.ui(f"terminal.at_{what}", lang, n=number, of=of)
            if what == "check" and number:
                told += "  " + words.check_title(listed[number - 1].id, lang).replace("`", "")
            asked.said(told)

        mark = secret.fingerprint(secret.PUBLIC)
        course = Course(of, workshop, mark, words, lang, listed, hidden=False, only=asked.only)
        key = secret.derive(secret.PUBLIC, of.name, asked.submission.digest)
        record = grade(asked.submission, key, course, 0, said)
        page = lambda: pages_of(workshop.desk, record, str(of.folder), lang).student  # noqa: E731
        yield Checked(record, held.result(), page)


def _hidden_points(asked: Asked, workshop: Workshop) -> float:
    of = asked.lesson
    if of.hidden_points is not None:
        return of.hidden_points
    return sum(c.points for c in workshop.listed(of, hidden=True) if c.visibility == "hidden")
