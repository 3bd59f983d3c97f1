"""Hostile notebooks in one class with honest ones between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import cycle
from pathlib import Path

import msgspec

from grader.record import Record
from tests.cli.making import timeless
from tests.hostile.answers import notebook, written
from tests.hostile.case import Hostile

BETWEEN = 6
"""Hostile notebooks from one honest one to the next."""


def arranged(
    table: Mapping[str, Hostile], parts: Mapping[str, tuple[str, ...]], lesson: str
) -> Iterator[tuple[str, bytes]]:
    """Students, by names such as `012-endless` or `013-honest-right`, with notebooks, in order of grading."""
    honest = cycle(parts)
    number = 0
    for place, (name, case) in enumerate(table.items()):
        if place % BETWEEN == 0:
            part = next(honest)
            yield f"{number:03}-honest-{part}", notebook(list(parts[part]), lesson)
            number += 1
        yield f"{number:03}-{name}", written(case, parts, lesson)
        number += 1
    for part in parts:
        yield f"{number:03}-honest-{part}", notebook(list(parts[part]), lesson)
        number += 1


def put(place: Path, notebooks: Iterator[tuple[str, bytes]], port: int = 9) -> None:
    """The class in `place`. `{place}` and `{port}` in notebooks become this place and a port on loopback."""
    folder = place / "class"
    folder.mkdir()
    for name, content in notebooks:
        content = content.replace(b"{place}", str(place).encode()).replace(b"{port}", str(port).encode())
        (folder / f"{name}.ipynb").write_bytes(content)


def by_name(records: Mapping[str, Record]) -> dict[str, Record]:
    """The hostile ones' records by the names of their table."""
    found = {student.partition("-")[2]: record for student, record in records.items()}
    return {name: record for name, record in found.items() if not name.startswith("honest-")}


def honest_ones(records: Mapping[str, Record], part: str) -> list[Record]:
    """The records of all honest notebooks of one kind."""
    return [record for student, record in records.items() if student.endswith(f"-honest-{part}")]


def nameless(record: Record) -> object:
    """The record as plain data, without times and without whose it is."""
    blank = msgspec.structs.replace(record, student="", student_id="", notebook="")
    return timeless(blank)


def passed(record: Record) -> set[str]:
    return {check.id for check in record.checks if check.state == "passed"}


def codes(record: Record) -> set[str]:
    """Codes of all findings, of the run's own, too."""
    found = {finding.code for check in record.checks for finding in check.findings}
    return found | ({record.run.finding.code} if record.run.finding else set())


def said(record: Record) -> str:
    """All text that the cells have left."""
    outputs = [output for cell in record.run.cells for output in cell.outputs]
    return "".join(output.data.get("text/plain", "") for output in outputs)
