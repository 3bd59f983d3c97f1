"""Are the checks any good? What is right gets full marks, nothing earns nothing, mistakes are named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from grader.engines.local import spread
from grader.grade import Course, grade
from grader.record import Record
from grader.solutions import Variant


@dataclass(frozen=True)
class Proof:
    """How one variant fared. `ok`: as it has to; `named`: a mistake's finding was among those accepted."""

    lesson: str
    kind: str
    name: str
    ok: bool
    named: bool
    score: float
    max_score: float
    expected: tuple[str, ...]
    got: tuple[str, ...]
    """`check: finding` of everything that was not passed, blocked ones left out."""
    seconds: float

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def prove(course: Course, variants: Sequence[Variant], count: int, *, whole: bool) -> Iterator[Proof]:
    """Proofs of these variants of the course's lesson, as each is done, `count` at a time.

    A mistake is asked of the check that has to find it, and of what that one comes after; of every check if
    `whole`, which takes two or three times as long and tells what else each mistake costs.
    """

    def work(variant: Variant, slot: int) -> Record:
        asked = course if whole else replace(course, only=variant.check)
        return grade(variant.submission(), asked, slot)

    for variant, record in spread(work, variants, count):
        yield judge(variant, record)


def judge(variant: Variant, record: Record) -> Proof:
    """What the record of a variant proves."""
    got = tuple(
        f"{check.id}: {check.findings[0].code if check.findings else check.state}"
        for check in record.checks
        if check.state not in ("passed", "blocked")
    )
    sound = record.state == "graded"
    named = True
    match variant.kind:
        case "reference" | "alternative":
            # What is right must not look like an attack either.
            suspected = [note for note in record.notes if note.code == "note.suspicion"]
            got += tuple(f"{note.code}: {note.facts.get('what')}" for note in suspected)
            ok = sound and record.score == record.max_score > 0 and not suspected
        case "starter":
            ok = sound and record.score == 0
        case "mistake":
            failed = [
                check
                for check in record.checks
                if check.state == "failed" and variant.check in (None, check.id)
            ]
            named = any(f.code in variant.findings for check in failed for f in check.findings[:1])
            ok = sound and bool(failed) and named
    seconds = round(record.run.seconds + sum(check.seconds for check in record.checks), 2)
    return Proof(
        variant.lesson,
        variant.kind,
        variant.name,
        ok,
        named,
        record.score,
        record.max_score,
        variant.findings,
        got,
        seconds,
    )
