"""Are the checks any good? What is right gets full marks, nothing earns nothing, mistakes are named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from grader import secret
from grader.advice import advice
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
    by_hand: float
    """Points of `max_score` that only a person can give: full marks are all but those."""
    expected: tuple[str, ...]
    got: tuple[str, ...]
    """`check: finding` of everything that was not passed, blocked ones left out."""
    seconds: float
    advice: str = ""
    """What to do where it is not ok."""

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def prove(
    course: Course, variants: Sequence[Variant], count: int, *, whole: bool, check: str | None = None
) -> Iterator[Proof]:
    """Proofs of these variants of the course's lesson, as each is done, `count` at a time.

    A mistake is asked of the check that has to find it, and of what that one comes after; of every check if
    `whole`, which takes two or three times as long and tells what else each mistake costs. With `check` every
    variant is asked of that one alone, and of what it comes after.
    """

    def work(variant: Variant, slot: int) -> Record:
        asked = course if whole else replace(course, only=check or variant.check)
        submission = variant.submission()
        key = secret.derive(secret.PUBLIC, course.lesson.name, submission.digest)
        return grade(submission, key, asked, slot)

    for variant, record in spread(work, variants, count):
        yield judge(variant, record, check)


def judge(variant: Variant, record: Record, narrowed: str | None = None) -> Proof:
    """What the record of a variant proves; that of one check and what it needs, where `narrowed` names it."""
    got = tuple(
        f"{check.id}: {check.findings[0].code if check.findings else check.state}"
        for check in record.checks
        if check.state not in ("passed", "blocked", "manual")
    )
    sound = not any(check.state in ("undecided", "broken") for check in record.checks)
    by_hand = sum((check.max_points for check in record.checks if check.state == "manual"), 0.0)
    named = True
    match variant.kind:
        case "reference" | "alternative":
            # What is right must not look like an attack either.
            suspected = [note for note in record.notes if note.code == "note.suspicion"]
            got += tuple(f"{note.code}: {note.facts.get('what')}" for note in suspected)
            worth = record.max_score > 0 or narrowed is not None
            ok = sound and record.score == record.max_score - by_hand and worth and not suspected
            asked = [check.state for check in record.checks if check.id == narrowed]
            ok = ok and all(state in ("passed", "manual") for state in asked)
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
        by_hand,
        variant.findings,
        got,
        seconds,
        "" if ok else advice(variant, record),
    )
