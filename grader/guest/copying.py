"""Answers requests in the notebook's own process, each on copies and within its time.

For where nothing can be forked: a live notebook with a GPU in use, and systems without a safe fork.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from grader.guest.answers import answer
from grader.guest.conversing import failed, written
from grader.guest.keeping import kept
from grader.guest.patience import Overdue, patience
from grader.guest.staging import staged
from grader.wire import live, requests
from grader.wire.frames import MAX_HEADER, MAX_PAYLOAD
from grader.wire.live import Answer, Ask, Late


def answered(ask: Ask, payload: bytes, namespace: dict[str, Any]) -> tuple[bytes, bytes]:
    """The frame to send for an `Ask`: an `Answer`, or a `Late` where student code had to be stopped.

    Nothing of the notebook's state is another afterwards. To be called in the main thread.
    """
    header, data = live.apart(ask.size, payload)
    request = requests.decode_request(header)
    try:
        with kept(), staged(namespace, _names(request)) as copies, patience(ask.seconds):
            reply, given = written(*answer(request, data, copies))
    except Overdue as overdue:
        return live.encode(Late(overdue.seconds)), b""
    if len(reply) > MAX_HEADER or len(reply) + len(given) > MAX_PAYLOAD:
        reply, given = written(failed(ValueError("the reply is too large to cross")), b"")
    size, together = live.together(reply, given)
    return live.encode(Answer(size)), together


def _names(request: requests.Request) -> set[str]:
    """Every text in the request that may be a name of the notebook's."""
    if isinstance(request, requests.Run):
        return set(re.findall(r"[^\W\d]\w*", request.source))
    return set(_texts(msgspec.to_builtins(request)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
