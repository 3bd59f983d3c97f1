"""What goes between the driver and its workers: bytes made of these, never an object.

Dask pickles what it is given, and would unpickle what comes back; bytes stay bytes. What comes back is
read with limits, and `products.py` asks whether it is what was asked for.
"""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Literal, TypeVar

import msgspec

from grader.cluster.versions import Versions
from grader.errors import ClusterError
from grader.judge.outcome import Listed
from grader.notebook import Noted
from grader.people.sheet import Sheet
from grader.report.words import Lang
from grader.sandbox.launch import Level
from grader.submission import Problem, Submission
from grader.work import Product, Work

Message = TypeVar("Message")

MOST = 64 << 20
"""Bytes of one message when unpacked: a record of 5 MB, two pages of 10 MB, and room."""
_LIGHT = 1


class Terms(msgspec.Struct, frozen=True):
    """What one run asks of its workers. No secret, no student."""

    versions: Versions
    level: Level | None
    """Of the sandbox: the one agreed on, or asked for; None: the best that works."""
    walls: tuple[str, ...] = ()
    """What was agreed on to stand, once it is."""
    lesson: str = ""
    """Its name; empty before the run has come to a lesson."""
    bundle: str = ""
    """Digest of everything of the lesson that a grading reads (`bundle.py`)."""
    folder: str = ""
    """Where the lesson lies for the driver: on a shared file system it does so for the worker, too."""
    lang: Lang = "en"
    fingerprint: str = ""


class Greeting(msgspec.Struct, frozen=True):
    """What a worker says of itself. `versions` stays the first field in every version of ours."""

    versions: Versions
    host: str
    level: Level | None
    """The best that works there, or the one asked for; None where that does not."""
    walls: tuple[str, ...]
    trouble: str
    """Why there is no level."""
    lesson: bool
    """Whether it has the lesson as it is wanted."""


class Prepared(msgspec.Struct, frozen=True):
    """A worker whose processes are warm: the checks that it found in the lesson."""

    listed: tuple[Listed, ...]


class Sent(msgspec.Struct, frozen=True):
    """A `Work` on the wire, with the bytes of its notebook."""

    lesson: str
    student: str
    student_id: str
    notebook: str
    content: bytes
    notes: list[Noted]
    problem: Problem | None
    submitted: datetime | None
    late: bool
    folder: str
    key: bytes
    sheet: Sheet

    @classmethod
    def of(cls, work: Work) -> Sent:
        one = work.submission
        return cls(
            one.lesson, one.student, one.student_id, one.notebook, one.content, one.notes, one.problem,
            one.submitted, one.late, one.folder, work.key, work.sheet,
        )  # fmt: skip

    def work(self) -> Work:
        submission = Submission(
            self.lesson, self.student, self.student_id, self.notebook, self.content, self.notes,
            self.problem, self.submitted, self.late, self.folder,
        )  # fmt: skip
        return Work(submission, self.key, self.sheet)


class Job(msgspec.Struct, frozen=True):
    """One submission for a worker."""

    terms: Terms
    sent: Sent


class Failed(msgspec.Struct, frozen=True):
    """What went wrong there, by who must act (errors.py); `worker`: this one cannot do what it should."""

    who: Literal["author", "us", "worker"]
    message: str


class Reply(msgspec.Struct, frozen=True):
    """What comes back of any call: one of the three, or why there is nothing."""

    failed: Failed | None = None
    greeting: Greeting | None = None
    prepared: Prepared | None = None
    product: Product | None = None


def pack(message: object) -> bytes:
    """The bytes of a message, made small: notebooks and pages are mostly text."""
    return zlib.compress(msgspec.msgpack.encode(message), _LIGHT)


def unpack(content: bytes, kind: type[Message]) -> Message:
    """The message in `content`. Raises `ClusterError` where it is too large or none of that kind."""
    return msgspec_decode(inflate(content, MOST), kind)


def inflate(content: bytes, most: int) -> bytes:
    """What `content` unpacks to. Raises `ClusterError` beyond `most` bytes, or where it is broken."""
    unzip = zlib.decompressobj()
    try:
        plain = unzip.decompress(content, most)
    except zlib.error as error:
        raise ClusterError(f"A message of the cluster cannot be unpacked: {error}.") from error
    if not unzip.eof or unzip.unused_data:
        raise ClusterError(f"A message of the cluster is cut, or holds more than {most >> 20} MiB.")
    return plain


def msgspec_decode(content: bytes, kind: type[Message]) -> Message:
    """The same of bytes that are unpacked already."""
    try:
        return msgspec.msgpack.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ClusterError(f"A message of the cluster cannot be read: {error}.") from error
