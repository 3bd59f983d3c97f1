"""Records less what takes most of their room."""

from __future__ import annotations

from msgspec.structs import replace

from grader.record import Finding, Record


def without_cells(record: Record) -> Record:
    """The record less the executed notebook, for where that part cannot be shown."""
    return replace(record, run=replace(record.run, cells=[]))


def slim(record: Record) -> Record:
    """The record less what only its own pages show: cells, losses, pictures, lines of code. A class of
    thousands is held in memory like this."""
    finding = record.run.finding
    run = replace(record.run, cells=[], losses=None, finding=_slim(finding) if finding else None)
    checks = [replace(check, findings=[_slim(one) for one in check.findings]) for check in record.checks]
    return replace(record, run=run, checks=checks)


def _slim(finding: Finding) -> Finding:
    return replace(finding, evidence=[], where=None)
