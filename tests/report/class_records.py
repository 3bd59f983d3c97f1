"""The records of a class."""

from __future__ import annotations

import msgspec
from sample_cells import cells
from sample_records import packed_record, padding_finding, passed_record, stopped_record, unreadable_record

from grader.record import Finding, Record, Run


def class_records(size: int = 24) -> list[Record]:
    """Right ones, two common mistakes, stopped ones, unreadable ones, and one with every state."""
    records: list[Record] = []
    for at in range(size):
        name = f"2024{1200 + at}"
        if at % 6 == 5:
            records.append(stopped_record(name) if at % 12 == 5 else unreadable_record(name))
        elif at % 3 == 0:
            records.append(
                passed_record(name, run=Run("finished", None, None, 1.0 + at, None, cells(1.0 + at)))
            )
        else:
            records.append(_one_mistake(name, at))
    records[1] = msgspec.structs.replace(packed_record("김민지"), student_id="20241201")
    return records


def _one_mistake(name: str, at: int) -> Record:
    record = passed_record(name)
    wrong = 6 if at % 2 else 11
    findings = {
        6: padding_finding(changed=at),
        11: Finding("loss.divides_by_padding", "loss", {"got": 0.1 * at}),
    }
    checks = [
        msgspec.structs.replace(one, state="failed", points=0.0, findings=[findings[wrong]])
        if place == wrong
        else one
        for place, one in enumerate(record.checks)
    ]
    score = sum(one.points for one in checks)
    return msgspec.structs.replace(record, checks=checks, score=score, raw_score=score)
