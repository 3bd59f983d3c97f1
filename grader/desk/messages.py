"""What the driver and the desk say to each other."""

from __future__ import annotations

from typing import Literal

import msgspec

from grader.notebook import Notebook


class ReadReply(msgspec.Struct, frozen=True):
    """A notebook, or why there is none (a `SubmissionError`'s parts)."""

    notebook: Notebook | None
    code: str = ""
    message: str = ""
    facts: dict[str, str | int | float] = {}


class RenderRequest(msgspec.Struct, frozen=True):
    """A record (its file's bytes) to be rendered; `lesson` is the lesson's folder, for its words."""

    record: bytes
    lesson: str | None
    lang: Literal["en", "ko"]


class Pages(msgspec.Struct, frozen=True):
    """The student's page and the instructor's."""

    student: str
    instructor: str
