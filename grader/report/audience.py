"""A record as its student may see it: of hidden checks, no parameter that our own words do not speak of."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from msgspec.structs import replace

from grader.record import Check, Record
from grader.report.words import Words


def for_student(record: Record, words: Words, now: datetime | None = None) -> Record:
    """The record as its student may see it at the moment `now`, by the lesson's setting."""
    return _numbered(record if record.showing.open(now) else _without_hidden_findings(record), words)


def _without_hidden_findings(record: Record) -> Record:
    """The record without what hidden checks found; that the notebook did not run stays their reason."""
    run = record.run.finding

    def kept(check: Check) -> Check:
        findings = [one for one in check.findings if run is not None and one.code == run.code]
        return replace(check, findings=findings) if check.visibility == "hidden" else check

    return replace(record, checks=[kept(check) for check in record.checks])


def _numbered(record: Record, words: Words) -> Record:
    """The record with the parameters of hidden checks numbered.

    pytest makes a parameter's name of its value, so `test_counts[abba-2]` would tell what is asked and what
    is expected. Where the lesson's title has a place for it (`{param}`), the author means it to be seen.
    """
    counts: Counter[str] = Counter()
    renamed: dict[str, str] = {}
    for check in record.checks:
        base, bracket, _ = check.id.partition("[")
        if check.visibility == "hidden" and bracket and not words.shows_param(check.id):
            counts[base] += 1
            renamed[check.id] = f"{base}[#{counts[base]}]"
    if not renamed:
        return record
    checks = [
        replace(
            check,
            id=renamed.get(check.id, check.id),
            title="" if check.id in renamed else check.title,
            waits_for=renamed.get(check.waits_for or "", check.waits_for),
        )
        for check in record.checks
    ]
    return replace(record, checks=checks)
