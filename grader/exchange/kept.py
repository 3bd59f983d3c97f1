"""Records read back from the folder that `grade` wrote to: files by now, which anybody could have written."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader import record as records
from grader.exchange.exports import Filed
from grader.exchange.regular import read_regular
from grader.record import Record

_LARGEST = 64_000_000


class _Ours(msgspec.Struct):
    """Any file of ours says what it is."""

    schema: str = ""


def kept(folder: Path) -> tuple[list[Filed], list[str]]:
    """The records in `folder` and in the folders in it, by lesson, student and id; and what is none, and why.

    Files of ours that are no records, such as what a person has overridden, are passed over.
    """
    found: list[Filed] = []
    broken: list[str] = []
    for path in _files(folder):
        content = read_regular(path, _LARGEST)
        if not isinstance(content, bytes):
            broken.append(f"{path} cannot be read ({content.facts['reason']}). Grade that again.")
            continue
        record = _record(content)
        if isinstance(record, Record):
            found.append(Filed(path, record))
        elif record:
            broken.append(
                f"{path} is no record ({record}). Grade that submission again, or take the file away."
            )
    return sorted(found, key=_order), broken


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.json"))
    for path in sorted(folder.glob("*/*.json")):
        if path.parent.name != "instructor" and not path.parent.name.startswith("."):
            yield path


def _record(content: bytes) -> Record | str:
    """The record, why it is none, or nothing where it is another file of ours."""
    try:
        record = records.decode(content)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return "" if _is_ours(content) else str(error)
    numbers = (record.score, record.max_score, record.raw_score, record.late_penalty, record.held)
    if not all(map(math.isfinite, numbers)) or record.max_score < 0:
        return "its points are no numbers"
    return record


def _is_ours(content: bytes) -> bool:
    try:
        schema = msgspec.json.decode(content, type=_Ours).schema
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return schema.startswith("grader/") and not schema.startswith("grader/record/")


def _order(filed: Filed) -> tuple[str, str, str, str]:
    record = filed.record
    return record.lesson, record.student, record.student_id, filed.path.name
