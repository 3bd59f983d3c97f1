"""`python -m tests.stability [--draws 20] [--mistakes] [--only NAME] [--share K/N] [LESSON ...]`: verdicts
under many keys, of every lesson if none is named.

The cells of each right notebook run once, behind the wall; then the checks are run once per draw, each with
another key, so that every input, weight and training differs. Exits 1 where one draw takes a point from
a right notebook. How often a check was drawn again, because its first draw failed by chance, stands beside:
the square of that share is what a right notebook risks. `--mistakes` asks the same of the mistakes: each
draw has to catch and name them.
`--share 2/7` takes every seventh notebook, from the second on.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from grader import lesson as lessons
from grader.engines.local import slots, spread
from grader.judge.outcome import Verdict
from grader.lesson import Lesson
from grader.running import run_cells
from grader.sandbox import choose
from grader.secret import derive
from grader.solutions import Variant, variants
from grader.workshop import Workshop


@dataclass(frozen=True)
class Steadiness:
    """How often the verdict on one notebook was another than it has to be, and what was found then."""

    wrong: int
    found: Counter[str]
    again: Counter[str]


def patient(lesson: Lesson) -> Lesson:
    """The lesson with time by the clock to spare: verdicts are counted here, on a machine that may be busy.

    Limits of CPU stay as they are.
    """
    limits = lesson.limits
    walls = {name: 20 * getattr(limits, name) for name in ("cells_wall", "request_wall", "requests_wall")}
    return replace(lesson, limits=replace(limits, **walls))


def steadiness(variant: Variant, lesson: Lesson, workshop: Workshop, slot: int, draws: int) -> Steadiness:
    """Judges the state that the variant's cells leave `draws` times."""
    submission = variant.submission()
    notebook = workshop.read(submission.content)
    data = lesson.name if lesson.data is not None else None
    wrong, found, again = 0, Counter[str](), Counter[str]()
    with contextlib.closing(workshop.house.guest(slot)) as room:
        run_cells(room, notebook, lesson.limits, seed=lesson.seed, data=data)
        for number in range(draws):
            key = derive(f"stability {number}".encode(), lesson.name, submission.digest)
            verdict = workshop.judged(room, lesson, key, hidden=True, only=None)
            problems = _problems(variant, verdict)
            wrong += bool(problems)
            found.update(problems)
            again.update(outcome.id for outcome in verdict.outcomes if outcome.again)
    return Steadiness(wrong, found, again)


def _problems(variant: Variant, verdict: Verdict) -> list[str]:
    """What is not as the variant promises: `check: finding` for each, nothing where all is well."""
    told = [
        (outcome, outcome.found[0].code if outcome.found else outcome.state)
        for outcome in verdict.outcomes
        if outcome.state not in ("passed", "blocked")
    ]
    if verdict.trouble is not None:
        return [verdict.trouble]
    if variant.kind == "mistake":
        for outcome, code in told:
            if variant.check in (None, outcome.id) and outcome.state == "failed" and code in variant.findings:
                return []
    elif not told and verdict.outcomes:
        return []
    return [f"{outcome.id}: {code}" for outcome, code in told] or ["nothing was found"]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.stability", description=__doc__)
    parser.add_argument("lessons", nargs="*")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--mistakes", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--share", type=_share, default=(1, 1))
    asked = parser.parse_args()
    wrong = judged = 0
    kinds = ("mistake",) if asked.mistakes else ("reference", "alternative")
    named = [patient(of) for of in map(lessons.find, asked.lessons)] or list(map(patient, lessons.lessons()))
    wanted = [(of, v) for of in named for v in variants(of) if v.kind in kinds and asked.only in v.name]
    first, of_all = asked.share
    for lesson, pairs in groupby(wanted[first - 1 :: of_all], key=lambda pair: pair[0]):
        chosen = [variant for _, variant in pairs]
        count = slots(lesson.limits, None)
        begin = time.monotonic()
        with Workshop.open(choose(None), [lesson], slots=count) as workshop:

            def work(variant: Variant, slot: int) -> Steadiness:
                return steadiness(variant, lesson, workshop, slot, asked.draws)  # noqa: B023

            for variant, told in spread(work, chosen, count):
                wrong += told.wrong
                judged += asked.draws
                details = [f"{text} ({times})" for text, times in told.found.most_common()]
                details += [f"drawn again: {name} ({times})" for name, times in told.again.most_common()]
                line = f"{lesson.name} {variant.name}: {told.wrong} of {asked.draws} {'; '.join(details)}"
                print(line.rstrip(), flush=True)
        load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
        print(
            f"{lesson.name}: {len(chosen)} notebooks, {asked.draws} draws each, "
            f"{time.monotonic() - begin:.0f} s, load {load}\n"
        )
    print(f"{wrong} of {judged} verdicts were not as they have to be")
    return 1 if wrong else 0


def _share(text: str) -> tuple[int, int]:
    first, of_all = (int(number) for number in text.split("/"))
    if not 1 <= first <= of_all:
        raise argparse.ArgumentTypeError(f"{text} is no share: give 1/3, 2/3 or 3/3 for thirds.")
    return first, of_all


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[2])
    sys.exit(main())
