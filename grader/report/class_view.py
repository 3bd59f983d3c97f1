"""What the records of a class say together: scores, shared mistakes, who needs a person, odd checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median

from grader.record import Check, Finding, Note, Record
from grader.report.view import is_echo, state_of

BINS = 10
SHARED = 2
"""A mistake is common from this many submissions on."""
SLOW_CHECK = 10.0
"""Seconds: a check that takes longer on average is worth a look."""
MOST_SLOWEST = 5
LOOKED_AT = (
    "note.suspicion",
    "note.override_older",
    "note.override_unknown",
    "note.override_capped",
    "note.late_unknown",
)
"""Notes that put a submission among those that need a person."""
ECHOES = ("notebook", "name", "call", "reply", "check")


@dataclass(frozen=True)
class Cluster:
    """One mistake, by its finding code, and the records that made it, highest score first."""

    code: str
    check: Check | None
    """The check in which it was found most often; None for how the notebook ran."""
    records: Sequence[Record]
    findings: Sequence[Finding]
    """What was found in each of the records, and (in `places`) in which check."""
    places: Sequence[Check | None]

    @property
    def teachable(self) -> bool:
        """Whether a lesson can help: a mistake in the matter, not what a stopped notebook leaves behind."""
        return self.check is not None and teachable(self.code)

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
    failed: int
    """For what they did; what fails only because the notebook did not run is in none of these numbers."""
    counted: int
    """Passed and failed."""
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


def teachable(code: str) -> bool:
    """Whether a finding is about the matter of the lesson."""
    return code.partition(".")[0] not in ECHOES


def clusters(records: Sequence[Record]) -> list[Cluster]:
    """The mistakes of the class, most common first. Each record counts once per code."""
    met: dict[str, list[tuple[Record, Finding, Check | None]]] = {}
    checks = {check.id: check for check in all_checks(records)}
    for record in by_score(records):
        found: dict[str, tuple[Record, Finding, Check | None]] = {}
        if record.run.finding is not None:
            found[record.run.finding.code] = (record, record.run.finding, None)
        for check in record.checks:
            if state_of(check) == "failed" and check.findings:
                first = check.findings[0]
                found.setdefault(first.code, (record, first, checks[check.id]))
        for code, one in found.items():
            met.setdefault(code, []).append(one)
    ordered = sorted(met, key=lambda code: (-len(met[code]), code))
    return [_cluster(code, met[code], checks) for code in ordered]


def most_failed(records: Sequence[Record]) -> tuple[Check, int] | None:
    """The check that most fail for mistakes in the matter, and how many; None where fewer than two do."""
    counts = Counter(
        check.id
        for record in records
        for check in record.checks
        if state_of(check) == "failed" and check.findings and teachable(check.findings[0].code)
    )
    ordered = sorted(all_checks(records), key=lambda check: -counts[check.id])
    return (ordered[0], counts[ordered[0].id]) if ordered and counts[ordered[0].id] >= SHARED else None


def all_checks(records: Sequence[Record]) -> list[Check]:
    """Every check of the lesson once, in lesson order, whatever record knows it."""
    known: dict[str, Check] = {}
    for record in sorted(records, key=lambda record: -len(record.checks)):
        for check in record.checks:
            known.setdefault(check.id, check)
    return list(known.values())


def health(records: Sequence[Record]) -> list[Health]:
    """How each check fared, in lesson order."""
    met: dict[str, list[Check]] = {}
    for record in records:
        for check in record.checks:
            if not is_echo(check, record):
                met.setdefault(check.id, []).append(check)
    return [_health(check, met.get(check.id, [])) for check in all_checks(records)]


def needing(records: Sequence[Record]) -> list[Record]:
    """Who needs a person: broken first, then undecided or unread, then odd, then runs that did not finish."""
    return sorted((record for record in records if _urgency(record) < 4), key=_urgency)


def pressing(record: Record) -> bool:
    """Whether a person has to look at something that went wrong, or could not be told."""
    return _urgency(record) < 2


def suspicions(record: Record) -> list[Note]:
    """What was noted of this submission that deserves a look."""
    return [note for note in record.notes if note.code in LOOKED_AT]


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


def checks_cpu(record: Record) -> float | None:
    """CPU seconds of the notebook in its checks; None where that was not measured."""
    measured = [check.cpu_seconds for check in record.checks if check.cpu_seconds is not None]
    return sum(measured) if measured else None


def _urgency(record: Record) -> int:
    states = {state_of(check) for check in record.checks}
    if "broken" in states:
        return 0
    # What a person marks in any case is no trouble, and the class page lists it by itself.
    if "undecided" in states or (record.state == "needs_review" and "manual" not in states):
        return 1
    if suspicions(record):
        return 2
    return 3 if record.run.state != "finished" else 4


def _cluster(
    code: str, met: Sequence[tuple[Record, Finding, Check | None]], checks: Mapping[str, Check]
) -> Cluster:
    records, findings, places = zip(*met, strict=True)
    often = Counter(place.id for place in places if place is not None).most_common(1)
    return Cluster(code, checks[often[0][0]] if often else None, records, findings, places)


def _health(check: Check, met: Sequence[Check]) -> Health:
    states = [state_of(one) for one in met]
    return Health(
        check,
        passed=states.count("passed"),
        failed=states.count("failed"),
        counted=states.count("passed") + states.count("failed"),
        broken=states.count("broken"),
        undecided=states.count("undecided"),
        seconds=mean(one.seconds for one in met) if met else 0.0,
    )
