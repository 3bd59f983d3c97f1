"""Where the losses of right answers run, for `assignments/<lesson>/curves.json`: shown, never judged by.

    python -m tests.thresholds.curves --draws 3 hihello cnn

Each right notebook is judged in this machine's own process (no walls: what runs is written by us), once per
draw, with the cuts of every training out of reach, so that each training is run whole and leaves its curve.
A band is the lowest and the highest loss at each step over all of them; a training whose loss is not finite
or ends above where it began counts for none (a budget with a learning rate that is too high for some).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from typing import Any
from unittest.mock import patch

import msgspec
import torch

from grader.evidence import Curve
from grader.judge.bands import FILE, Band
from grader.judge.finding import Finding
from grader.judge.probes import learning, outcome, recognition, values
from grader.judge.run import OneGuest, run_checks
from grader.lesson import Lesson, find
from grader.secret import derive
from grader.solutions import Variant, variants
from tests.thresholds.table import furnished, guest_of

OUT_OF_REACH = 2.0
Curves = list[tuple[str, int, list[float]]]
"""(check, number of losses, shown losses) of each training."""


def measured(lesson_name: str, name: str, number: int) -> Curves:
    """The curves of one right notebook under one key. Call once per process: pytest keeps state."""
    torch.set_num_threads(1)
    lesson = find(lesson_name)
    variant = next(one for one in variants(lesson) if one.name == name)
    seen: Curves = []
    key = derive(f"curves {number}".encode(), lesson.name, variant.name)
    with contextlib.ExitStack() as patched, contextlib.redirect_stdout(io.StringIO()):
        _out_of_reach(patched, seen)
        with furnished(lesson):
            guest = guest_of(variant)
        run_checks(lesson, OneGuest(guest), key)
    return seen


def _out_of_reach(patched: contextlib.ExitStack, seen: Curves) -> None:
    def watched(probe: Callable[..., None], place: str) -> Callable[..., None]:
        def run(*args: Any, **named: Any) -> None:
            if place == "cut":
                named["cut"] = OUT_OF_REACH
            elif place == "task":
                args = (*args[:-1], replace(args[-1], cut=OUT_OF_REACH))
            try:
                probe(*args, **named)
            except Finding as finding:
                check = os.environ["PYTEST_CURRENT_TEST"].partition("::")[2].partition(" ")[0]
                curves = [one for one in finding.evidence if isinstance(one, Curve)]
                seen.extend((check, one.of, one.values) for one in curves)

        return run

    patched.enter_context(patch.object(outcome, "fits", watched(outcome.fits, "cut")))
    patched.enter_context(patch.object(learning, "learns", watched(learning.learns, "task")))
    patched.enter_context(patch.object(recognition, "recognises", watched(recognition.recognises, "task")))
    patched.enter_context(patch.object(outcome, "losses_fall", watched(outcome.losses_fall, "")))
    patched.enter_context(patch.object(values, "errors_fall", watched(values.errors_fall, "")))
    patched.enter_context(patch.object(outcome, "_FALL", float("inf")))
    patched.enter_context(patch.object(values, "_FALL", float("-inf")))


def bands(curves: Curves) -> dict[str, dict[str, Band]]:
    """By check and number of losses: lowest and highest at each step."""
    by_place: dict[str, dict[str, list[list[float]]]] = {}
    for check, of, shown in curves:
        if shown and max(shown) < 1e6 and shown[-1] <= shown[0]:
            by_place.setdefault(check, {}).setdefault(str(of), []).append(shown)
    return {
        check: {
            of: Band(*[[end(step) for step in zip(*every, strict=True)] for end in (min, max)])
            for of, every in sorted(found.items())
        }
        for check, found in sorted(by_place.items())
    }


def _right(lesson: Lesson) -> list[Variant]:
    return [one for one in variants(lesson) if one.kind in ("reference", "alternative")]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("lessons", nargs="+")
    options.add_argument("--draws", type=int, default=3)
    asked = options.parse_args()
    for name in asked.lessons:
        lesson = find(name)
        tasks = [(variant.name, number) for variant in _right(lesson) for number in range(asked.draws)]
        with ProcessPoolExecutor(2, get_context("spawn"), max_tasks_per_child=1) as pool:
            found = list(pool.map(measured, *zip(*[(name, *task) for task in tasks], strict=True)))
        by_check = bands([curve for curves in found for curve in curves])
        text = json.dumps(msgspec.to_builtins(by_check), separators=(",", ":"))
        (lesson.folder / FILE).write_text(text.replace('"test_', '\n"test_') + "\n", encoding="utf-8")
        print(name, {check: list(of) for check, of in by_check.items()}, flush=True)


if __name__ == "__main__":
    main()
