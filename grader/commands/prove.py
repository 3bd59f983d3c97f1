"""`grader prove`: one table per lesson; exit 0 only when everything holds."""

from __future__ import annotations

import json
import time
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader import lesson as lessons
from grader import secret
from grader.engines.local import slots
from grader.errors import UsageError
from grader.grade import Course
from grader.lesson import Lesson
from grader.prove import Proof, prove
from grader.report.words import Words
from grader.sandbox import choose
from grader.solutions import rotated, variants
from grader.workshop import Workshop

_DAY = 86400


def run(lessons_: tuple[str, ...], json_: Path | None, sandbox: str | None, all_: bool) -> int:
    """Proves the named lessons, or all. Unless `all_` is set, a mistake is asked of its own check alone, and
    mistakes common to training loops are proved in two of the lessons at each run, in other ones each day."""
    chosen = [lessons.find(name) for name in lessons_] or list(lessons.lessons())
    if not chosen:
        raise UsageError(
            "There are no lessons here: run this where assignments/ lies, or name a lesson's folder."
        )
    console = Console()
    level = choose(sandbox)
    found = {lesson.name: list(variants(lesson)) for lesson in chosen}
    turn = int(time.time() // _DAY)
    picked = found if all_ else rotated(found, turn)
    proofs: list[Proof] = []
    for _, alike in groupby(chosen, key=lambda lesson: lesson.limits):
        group = list(alike)
        count = slots(group[0].limits, None)
        with Workshop.open(level, group, slots=count) as workshop:
            for lesson in group:
                begin = time.monotonic()
                course = _course(lesson, workshop)
                told = sorted(prove(course, picked[lesson.name], count, whole=all_), key=_order)
                proofs += told
                console.print(_table(lesson.name, told))
                console.print(f"{_summary(told)}   {time.monotonic() - begin:.0f} s\n")
    if left := sum(map(len, found.values())) - sum(map(len, picked.values())):
        console.print(
            f"{left} mistakes common to training loops were proved in other lessons only: "
            "they take turns from day to day. Add --all to prove each of them everywhere."
        )
    if json_ is not None:
        json_.write_text(json.dumps([proof.plain() for proof in proofs], indent=1) + "\n", encoding="utf-8")
    return 0 if all(proof.ok for proof in proofs) else 1


def _course(lesson: Lesson, workshop: Workshop) -> Course:
    return Course(
        lesson,
        workshop,
        secret.PUBLIC,
        secret.fingerprint(secret.PUBLIC),
        Words.load(lesson.words),
        "en",
        tuple(workshop.listed(lesson, hidden=True)),
    )


def _order(proof: Proof) -> tuple[int, str]:
    return ["reference", "alternative", "starter", "mistake"].index(proof.kind), proof.name


def _table(name: str, proofs: list[Proof]) -> Table:
    table = Table(title=name, title_justify="left", box=None, pad_edge=False)
    for column in ("", "what", "score", "expected", "found"):
        table.add_column(column, overflow="fold")
    for proof in proofs:
        mark = Text("✓", "green") if proof.ok else Text("✗", "red bold")
        expected = " or ".join(proof.expected) if proof.kind == "mistake" else _expected(proof)
        table.add_row(
            mark,
            f"{proof.kind} {proof.name}" if proof.kind != proof.name else proof.kind,
            f"{proof.score:g}/{proof.max_score:g}",
            expected,
            "; ".join(proof.got[:2]) + (f"; and {len(proof.got) - 2} more" if len(proof.got) > 2 else ""),
        )
    return table


def _expected(proof: Proof) -> str:
    return "no points" if proof.kind == "starter" else "full marks"


def _summary(proofs: list[Proof]) -> str:
    right = [p for p in proofs if p.kind in ("reference", "alternative")]
    wrong = [p for p in proofs if p.kind == "mistake"]
    starter = all(p.ok for p in proofs if p.kind == "starter")
    caught = sum(p.score < p.max_score for p in wrong)
    return (
        f"right with full marks {sum(p.ok for p in right)} of {len(right)}   "
        f"starter {'zero' if starter else 'NOT zero'}   "
        f"mistakes caught {caught} of {len(wrong)}, at the right check under the right name "
        f"{sum(p.ok for p in wrong)} of {len(wrong)}"
    )
