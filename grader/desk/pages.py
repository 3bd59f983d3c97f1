"""The pages of one record, rendered by the desk."""

from __future__ import annotations

import msgspec

from grader import record as records
from grader import warm
from grader.desk.messages import Pages, RenderRequest
from grader.record import Record
from grader.report.words import Lang
from grader.slim import without_cells

_SECONDS = 600.0
"""The desk's limit of CPU decides; this is for a machine that gives it slowly."""


def pages_of(desk: warm.Room, record: Record, lesson: str | None, lang: Lang) -> Pages:
    """The pages of a record, in the words of the lesson in this folder. Raises `JobFailed`."""

    def asked(content: bytes) -> Pages:
        request = msgspec.json.encode(RenderRequest(content, lesson, lang))
        return msgspec.json.decode(desk.ask("render", request, seconds=_SECONDS), type=Pages)

    try:
        return asked(records.encode(record))
    except warm.JobFailed:
        # What the notebook shows is the part that can break a renderer; the verdict must not go with it.
        return asked(records.encode(without_cells(record)))
