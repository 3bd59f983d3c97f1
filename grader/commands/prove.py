"""`grader prove`: one table per lesson; exit 0 only when everything holds."""

from __future__ import annotations

import json
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader import lesson as lessons
from grader import secret
from grader.engines.local import slots
from grader.errors import UsageError
from grader.grade import Course
from grader.prove import Proof, prove
from grader.report.words import Words
from grader.sandbox import choose
from grader.workshop import Workshop


def run(lessons_: tuple[str, ...], json_: Path | None, sandbox: str | None) -> int:
    """Proves the named lessons, or all."""
    chosen = [lessons.find(name) for name in lessons_] or list(lessons.lessons())
    if not chosen:
        raise UsageError(
            "There are no lessons here: run this where assignments/ lies, or name a lesson's folder."
        )
    console = Console()
    level = choose(sandbox)
    proofs: list[Proof] = []
    count = min(slots(lesson.limits, None) for lesson in chosen)
    with Workshop.open(level, chosen, slots=count) as workshop:
        for lesson in chosen:
            begin = time.monotonic()
            course = Course(
                lesson,
                workshop,
                secret.PUBLIC,
                secret.fingerprint(secret.PUBLIC),
                Words.load(lesson.words),
                "en",
                tuple(workshop.listed(lesson, hidden=True)),
            )
            found = sorted(prove(course, count), key=_order)
            proofs += found
            console.print(_table(lesson.name, found))
            console.print(f"{_summary(found)}   {time.monotonic() - begin:.0f} s\n")
    if json_ is not None:
        json_.write_text(json.dumps([proof.plain() for proof in proofs], indent=1) + "\n", encoding="utf-8")
    return 0 if all(proof.ok for proof in proofs) else 1


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
