"""The warm process that reads code: `python -m grader.similar.server FD STARTER [REFERENCE]`.

Whatever somebody handed in is parsed, cut into tokens and rendered in its forks, which are limited in CPU
and memory. It runs nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader import notebook, serving
from grader.errors import SubmissionError
from grader.report.passages import passages_html
from grader.report.prose import Prose
from grader.report.words import Words
from grader.similar.code import Code, Known
from grader.similar.excerpts import excerpts
from grader.similar.measure import alike
from grader.similar.messages import Marked, PairReply, PairRequest

_CPU_SECONDS = 60
_MEMORY = 2 << 30


class Reader:
    """Its two jobs, with what the lesson gives everybody read beforehand."""

    def __init__(self, starter: Path, reference: Path | None) -> None:
        self._known = Known.of(_cells_at(starter), _cells_at(reference) if reference else ())
        self._prose = Prose(Words.load(None), "en")

    def mark(self, content: bytes, fds: list[int]) -> bytes:
        """A `Marked` for each of a list of notebooks."""
        return msgspec.msgpack.encode(
            [self._marked(one) for one in msgspec.msgpack.decode(content, type=list[bytes])]
        )

    def pair(self, content: bytes, fds: list[int]) -> bytes:
        """A `PairReply` for a `PairRequest`."""
        request = msgspec.msgpack.decode(content, type=PairRequest)
        left, right = (Code.of(notebook.read(one).code, self._known) for one in (request.left, request.right))
        found = alike(left, right, request.weights)
        html = (
            str(passages_html(excerpts(left, right, found), request.called, self._prose))
            if found.listed
            else None
        )
        return msgspec.msgpack.encode(
            PairReply(found.left_share, found.right_share, found.tokens, len(found.passages), html)
        )

    def _marked(self, content: bytes) -> Marked:
        try:
            code = Code.of(notebook.read(content).code, self._known)
        except SubmissionError as error:
            return Marked(reason=str(error.facts.get("reason", "")))
        return Marked(sorted({mark for _, mark in code.marks}), code.own, code.cut)


def _cells_at(path: Path) -> Sequence[str]:
    """The code of a notebook of the lesson's; none where there is no such file."""
    try:
        return notebook.read(path.read_bytes()).code
    except (OSError, SubmissionError):
        return ()


def main() -> None:
    starter, *reference = map(Path, sys.argv[2:])
    reader = Reader(starter, reference[0] if reference else None)
    reader.pair(msgspec.msgpack.encode(PairRequest(b'{"cells": []}', b'{"cells": []}', ("", ""), {})), [])
    jobs = {"mark": reader.mark, "pair": reader.pair}
    serving.serve(int(sys.argv[1]), jobs, serving.Limits(_CPU_SECONDS, _MEMORY))


if __name__ == "__main__":
    main()
