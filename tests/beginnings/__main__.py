"""`python -m tests.beginnings [--only NAME] [LESSON ...]`: every solution of every lesson, if none is named,
with and without a shared beginning. Exits 1 where two records differ in more than their times.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

from grader import lesson as lessons
from grader import secret
from grader.engines.local import slots, spread
from grader.grade import Course, grade
from grader.lesson import Lesson
from grader.record import Record
from grader.report.words import Words
from grader.sandbox import choose
from grader.solutions import Variant, variants
from grader.workshop import Workshop
from tests.cli.making import timeless

_SECONDS = 300.0


@dataclass(frozen=True)
class Compared:
    """Names of the variants whose records differ; how many went on from a stage; cells of the longest."""

    different: list[str]
    shared: int
    longest: int


def compared(lesson: Lesson, chosen: Sequence[Variant]) -> Compared:
    """Grades each variant twice: before there is a beginning, and once it is there."""
    count = slots(lesson.limits, None)
    with Workshop.open(choose(None), [lesson], slots=count, pages=False) as workshop:
        listed = tuple(workshop.listed(lesson, hidden=True))
        course = Course(lesson, workshop, "public", Words.load(lesson.words), "en", listed)

        def graded(variant: Variant, slot: int) -> Record:
            submission = variant.submission()
            key = secret.derive(secret.PUBLIC, lesson.name, submission.digest)
            return grade(submission, key, course, slot)

        apart = {variant.name: record for variant, record in spread(graded, chosen, count)}
        workshop.begin(lesson)
        stages = workshop.house.begun(_SECONDS)
        shared = {variant.name: record for variant, record in spread(graded, chosen, count)}
    different = [name for name in apart if timeless(apart[name]) != timeless(shared[name])]
    longest = max(stages, default=0)
    # Cells that have run once for all took the same time to the last digit.
    told = [[cell.seconds for cell in r.run.cells if cell.number][:longest] for r in shared.values()]
    return Compared(different, sum(told.count(one) > 1 for one in told if one), longest)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.beginnings", description=__doc__)
    parser.add_argument("lessons", nargs="*")
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    wrong = 0
    for lesson in map(lessons.find, asked.lessons) if asked.lessons else lessons.lessons():
        begin = time.monotonic()
        chosen = [variant for variant in variants(lesson) if asked.only in variant.name]
        found = compared(lesson, chosen)
        wrong += len(found.different)
        others = ", ".join(found.different) or "none"
        load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
        print(
            f"{lesson.name}: {len(chosen)} notebooks, {found.shared} shared {found.longest} cells, "
            f"{time.monotonic() - begin:.0f} s, load {load}; other records: {others}",
            flush=True,
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
