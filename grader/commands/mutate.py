"""`grader prove --mutate`: wrong versions of the solutions, and which of them would get full marks."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.console import Console

from grader import lesson as lessons
from grader import secret, warm
from grader.engines.local import slots
from grader.errors import UsageError
from grader.grade import Course
from grader.journal.basis import Source, basis
from grader.lesson import Lesson
from grader.mutation import page
from grader.mutation.kept import Kept, source
from grader.mutation.marks import marks, stale
from grader.mutation.mutants import mutants
from grader.mutation.rewriting import rewrites
from grader.mutation.running import Trials, base_name
from grader.mutation.sampling import Made, picked
from grader.mutation.scores import Result, Score, Tally
from grader.mutation.tables import show
from grader.mutation.trying import Bench
from grader.report.log_lines import guarded
from grader.report.progress import terminal_console
from grader.report.words import Words
from grader.sandbox import Level, choose
from grader.solutions import Variant, variants
from grader.workshop import Workshop


def run(
    lessons_: tuple[str, ...],
    json_: Path | None,
    sandbox: str | None,
    all_: bool,
    budget: float | None,
    written: Path | None,
) -> int:
    """Scores the named lessons, or all. `all_`: every mutant of every alternative. `budget`: seconds, which
    the lessons share; what the time does not suffice for is tried by the next run.

    Returns 0 where each lesson meets its goals.
    """
    chosen = [lessons.find(name) for name in lessons_] or list(lessons.lessons())
    if not chosen:
        raise UsageError(
            "There are no lessons here: run this where assignments/ lies, or name a lesson's folder."
        )
    console, watch = guarded(Console()), terminal_console(stderr=True)
    level = choose(sandbox)
    until = None if budget is None else time.monotonic() + budget
    scores: list[Score] = []
    with _line(watch) as told:
        for number, lesson in enumerate(chosen):
            left = len(chosen) - number
            share = None if until is None else time.monotonic() + (until - time.monotonic()) / left
            scores.append(_scored(lesson, level, all_, share, told))
            show(console, scores[-1])
    if json_ is not None:
        said = [page.plain(score) for score in scores]
        json_.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if written is not None:
        page.write(written, scores)
    return 1 if any(score.misses() for score in scores) else 0


def _scored(
    lesson: Lesson, level: Level, all_: bool, until: float | None, told: Callable[[str], None]
) -> Score:
    begin = time.monotonic()
    told(f"{lesson.name}: making mutants")
    bases = {
        base_name(variant): variant
        for variant in variants(lesson)
        if variant.kind in ("reference", "alternative")
    }
    # Whatever can be said without running anything is said before anything is started.
    given = marks(lesson)
    made = _made(lesson, list(bases.values()))
    chosen = picked(made, everything=all_)
    count = slots(lesson.limits, None)
    results: list[Result] = []
    with _bench(lesson, level, count) as bench:
        kept = Kept(_base(lesson, level))
        kept.tidy()
        trials = Trials(bench, kept, bases, {mark.digest: mark for mark in given}, until)
        for result in trials.results(chosen):
            results.append(result)
            told(f"{lesson.name}: {len(results)} of {len(chosen)} tried")
        order = tuple(listed.id for listed in bench.course.listed)
        max_score = sum(listed.points for listed in bench.course.listed)
    places = {one.digest: place for place, one in enumerate(made)}
    results.sort(key=lambda result: places[result.made.digest])
    return Score(
        lesson.name,
        Tally(tuple(results)),
        len(made),
        max_score,
        lesson.goals,
        tuple(stale(given, places)),
        time.monotonic() - begin,
        order,
    )


def _made(lesson: Lesson, bases: Sequence[Variant]) -> list[Made]:
    """Everything that mutation makes of the solutions, each notebook once."""
    found: dict[str, Made] = {}
    for variant in bases:
        both: list[Made] = [*mutants(lesson, variant), *rewrites(lesson, variant)]
        for one in both:
            found.setdefault(one.digest, one)
    return list(found.values())


def _base(lesson: Lesson, level: Level) -> bytes:
    fingerprint = secret.fingerprint(secret.PUBLIC)
    return basis(lesson, level=level, walls=(), fingerprint=fingerprint, source=Source(source(), pages=""))


@contextlib.contextmanager
def _bench(lesson: Lesson, level: Level, count: int) -> Iterator[Bench]:
    """Everything that trials of the lesson need to be running."""
    with (
        warm.Room("grader.mutation.server") as comparing,
        Workshop.open(level, [lesson], slots=2 * count, pages=False) as workshop,
        ThreadPoolExecutor(1) as pool,
    ):
        begun = pool.submit(workshop.begin, lesson)
        listed = tuple(workshop.listed(lesson, hidden=True))
        begun.result()
        fingerprint = secret.fingerprint(secret.PUBLIC)
        course = Course(lesson, workshop, fingerprint, Words.load(lesson.words), "en", listed)
        yield Bench(course, comparing, count)


@contextlib.contextmanager
def _line(watch: Console) -> Iterator[Callable[[str], None]]:
    """A live line on standard error while somebody watches a terminal; what it hands out changes the line."""
    if not watch.is_interactive:
        yield lambda text: None
        return
    with watch.status("starting") as status:
        yield status.update
