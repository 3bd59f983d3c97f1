"""A snapshot's side of its channel: one reply for each request, whatever student code does."""

from __future__ import annotations

import threading
from typing import Any, NoReturn

from msgspec.structs import replace

from grader.guest import lab
from grader.guest.answers import answer
from grader.guest.holdings import printed
from grader.guest.remote import Objects
from grader.wire import cells, numbers, replies, requests
from grader.wire.frames import Channel, TooLarge


def converse(channel: Channel, namespace: dict[str, Any], birth: bytes | None) -> NoReturn:
    """Says hello, then answers until nobody asks any more; that comes up as a `WireError`.

    birth: the print of what the notebook holds (`holdings`) as this process began, where it has one
    """
    channel.send(cells.encode(cells.Hello()), deadline=None)
    objects = Objects()
    fresh = True
    while True:
        header, payload = channel.receive(deadline=None)
        number, asked = numbers.parted(header)
        request = requests.decode_request(asked)
        if not isinstance(request, requests.TRAINING):
            reply, data = written(*answer(request, payload, namespace, objects))
        elif fresh or _as_born(namespace, birth):
            told, data = answer(request, payload, namespace, objects)
            moved = not _as_born(namespace, birth)
            reply, data = written(replace(told, state=replace(told.state, moved=moved)), data)
        else:
            reply, data = written(replies.Stale(lab.state()), b"")
        fresh = False
        try:
            channel.send(numbers.numbered(number, reply), data, deadline=None)
        except TooLarge as error:
            reply, data = written(failed(error), b"")
            channel.send(numbers.numbered(number, reply), data, deadline=None)


def _as_born(namespace: dict[str, Any], birth: bytes | None) -> bool:
    """Whether nothing has changed that a training may rest on. A fork begins with one thread."""
    return birth is not None and threading.active_count() == 1 and printed(namespace) == birth


def written(reply: replies.Reply, data: bytes | bytearray) -> tuple[bytes, bytes | bytearray]:
    """A reply as bytes; where it cannot be encoded (text with half of a surrogate pair), that it failed."""
    try:
        return replies.encode_reply(reply), data
    except UnicodeError as error:
        return replies.encode_reply(failed(error)), b""


def failed(error: BaseException) -> replies.Failed:
    """The reply to a request whose own reply could not be sent."""
    return replies.Failed(replies.Raised("ReplyError", str(error)[:500]), lab.state())
