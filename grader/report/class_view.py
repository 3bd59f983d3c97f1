"""What the records of a class say together: scores, shared mistakes, who needs a person, odd checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from grader.record import Check, Note, Record
from grader.report.view import is_echo, state_of

BINS = 10
SHARED = 2
"""A mistake is common from this many submissions on."""
SLOW_CHECK = 10.0
"""Seconds: a check that takes longer on average is worth a look."""
MOST_SLOWEST = 5
ECHOES = ("notebook", "name", "call", "reply", "check")


@dataclass(frozen=True)
class Cluster:
    """One mistake, by its finding code, and the records that made it, highest score first."""

    code: str
    check: Check | None
    """The check in which it was found most often; None for how the notebook ran."""
    records: Sequence[Record]

    @property
    def teachable(self) -> bool:
        """Whether a lesson can help: a mistake in the matter, not what a stopped notebook leaves behind."""
        return self.check is not None and self.code.partition(".")[0] not in ECHOES

    @property
    def typical(self) -> Sequence[Record]:
        """Two from the middle of those who made it."""
        middle = max(len(self.records) // 2 - 1, 0)
        return self.records[middle : middle + 2]

    @property
    def extreme(self) -> Record | None:
        """The one with the lowest score, where it is none of the typical ones."""
        last = self.records[-1]
        return last if last not in self.typical else None


@dataclass(frozen=True)
class Health:
    """How one check fared over the class."""

    check: Check
    passed: int
    counted: int
    broken: int
    undecided: int
    seconds: float


def by_score(records: Sequence[Record]) -> list[Record]:
    """Highest first; equal scores by name."""
    return sorted(records, key=lambda record: (-share(record), record.student_id))


def share(record: Record) -> float:
    """The score as a fraction of the points that count."""
    return record.score / record.max_score if record.max_score > 0 else 0.0


def middle(records: Sequence[Record]) -> tuple[float, float]:
    """Median score and the maximum that most of the class can reach."""
    return median(record.score for record in records), max(record.max_score for record in records)


def histogram(records: Sequence[Record]) -> list[int]:
    """Submissions per tenth of the points that count; full marks stand in the last bin."""
    counts = [0] * BINS
    for record in records:
        counts[min(int(max(share(record), 0.0) * BINS), BINS - 1)] += 1
    return counts


def clusters(records: Sequence[Record]) -> list[Cluster]:
    """The mistakes of the class, most common first. Each record counts once per code."""
    met: dict[str, list[Record]] = {}
    places: dict[str, Counter[str]] = {}
    checks = {check.id: check for check in all_checks(records)}
    for record in by_score(records):
        found: dict[str, Check | None] = {}
        if record.run.finding is not None:
            found[record.run.finding.code] = None
        for check in record.checks:
            if state_of(check) == "failed" and check.findings:
                found.setdefault(check.findings[0].code, check)
        for code, place in found.items():
            met.setdefault(code, []).append(record)
            places.setdefault(code, Counter()).update([place.id] if place else [])
    ordered = sorted(met, key=lambda code: (-len(met[code]), code))
    where = {code: next((checks[found] for found, _ in places[code].most_common(1)), None) for code in met}
    return [Cluster(code, where[code], met[code]) for code in ordered]


def all_checks(records: Sequence[Record]) -> list[Check]:
    """Every check of the lesson once, in lesson order, whatever record knows it."""
    known: dict[str, Check] = {}
    for record in sorted(records, key=lambda record: -len(record.checks)):
        for check in record.checks:
            known.setdefault(check.id, check)
    return list(known.values())


def health(records: Sequence[Record]) -> list[Health]:
    """How each check fared, in lesson order."""
    fared = []
    for check in all_checks(records):
        met = [
            one
            for record in records
            for one in record.checks
            if one.id == check.id and not is_echo(one, record)
        ]
        states = [state_of(one) for one in met]
        counted = sum(state in ("passed", "failed") for state in states)
        fared.append(
            Health(
                check,
                passed=states.count("passed"),
                counted=counted,
                broken=states.count("broken"),
                undecided=states.count("undecided"),
                seconds=mean(one.seconds for one in met) if met else 0.0,
            )
        )
    return fared


def needing(records: Sequence[Record]) -> list[Record]:
    """Who needs a person: broken first, then undecided or unread, then odd, then runs that did not finish."""
    return sorted((record for record in records if _urgency(record) < 4), key=_urgency)


def suspicions(record: Record) -> list[Note]:
    """What was noted of this submission that deserves a look."""
    return [note for note in record.notes if note.code == "note.suspicion"]


def broken_for_few(records: Sequence[Record]) -> dict[str, int]:
    """Checks that broke in a tenth of the records at most, with how often: a notebook may be behind it."""
    fared = {one.check.id: one for one in health(records)}
    return {
        name: one.broken
        for name, one in fared.items()
        if one.counted and 0 < one.broken <= max(1, (one.counted + one.broken) // 10)
    }


def slowest(records: Sequence[Record]) -> list[Record]:
    """The submissions that took longest, cells and checks together."""
    return sorted(records, key=seconds, reverse=True)[:MOST_SLOWEST]


def seconds(record: Record) -> float:
    """Seconds of the cells and of the checks."""
    return record.run.seconds + checks_seconds(record)


def checks_seconds(record: Record) -> float:
    """Seconds of the checks alone."""
    return sum(check.seconds for check in record.checks)


def _urgency(record: Record) -> int:
    states = {state_of(check) for check in record.checks}
    if "broken" in states:
        return 0
    if states & {"undecided", "manual"} or record.state == "needs_review":
        return 1
    if suspicions(record):
        return 2
    return 3 if record.run.state != "finished" else 4
