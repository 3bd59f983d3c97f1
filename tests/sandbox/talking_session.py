"""Stands in for `grader.guest.session`: runs the Python it is sent, as a student's code would run.

One question at a time: a line of JSON with the source; the answer is a line of JSON with the value
of `answer`, or the exception's name and text.
"""

from __future__ import annotations

import json
import os
from typing import Any


def preload() -> None:
    """Nothing is needed."""


def main(sock_fd: int, door: Any) -> None:
    names: dict[str, Any] = {"door": door, "__name__": "__main__"}
    with os.fdopen(sock_fd, "rb", buffering=0, closefd=False) as stream:
        for line in _lines(stream):
            try:
                names["answer"] = None
                exec(json.loads(line), names)  # noqa: S102
                told = {"answer": names["answer"]}
            except BaseException as error:
                told = {"raised": type(error).__name__, "text": str(error)}
            os.write(sock_fd, json.dumps(told).encode() + b"\n")


def _lines(stream: Any) -> Any:
    waiting = b""
    while data := stream.read(65536):
        waiting += data
        while b"\n" in waiting:
            line, waiting = waiting.split(b"\n", 1)
            yield line
