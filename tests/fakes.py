"""A guest without walls or processes: the same answering code, over a namespace made from source text.

For tests of the judge and its probes only: what runs here is written by us.
"""

from __future__ import annotations

import linecache
from typing import Any

from grader.guest.answers import answer
from grader.guest.remote import Objects
from grader.judge.draws import Draw
from grader.judge.student import Student
from grader.wire.replies import Reply, decode_reply, encode_reply
from grader.wire.requests import Request, decode_request, encode_request


def namespace_of(*cells: str) -> dict[str, Any]:
    """The names that these cells define, run in order."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, source in enumerate(cells, start=1):
        file = f"cell_{number}"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        exec(compile(source, file, "exec"), names)  # noqa: S102
    return names


class InProcessGuest:
    """Implements `grader.judge.guest.Guest`; every message goes through its wire form both ways."""

    def __init__(self, *cells: str) -> None:
        self.namespace = namespace_of(*cells)
        self.objects = Objects()
        self.requests: list[tuple[Request, bytes]] = []

    def ask(self, request: Request, payload: bytes) -> tuple[Reply, bytes]:
        self.requests.append((request, payload))
        reply, data = answer(decode_request(encode_request(request)), payload, self.namespace, self.objects)
        return decode_reply(encode_reply(reply)), bytes(data)


def student_of(*cells: str, key: bytes = b"test", check: str = "test_check") -> tuple[Student, Draw]:
    """A student whose notebook has these cells, and the draw of one check."""
    draw = Draw(key, check)
    return Student(InProcessGuest(*cells), draw), draw
