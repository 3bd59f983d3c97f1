"""A snapshot's side of its channel: one reply for each request, whatever student code does."""

from __future__ import annotations

from typing import Any, NoReturn

from grader.guest import lab
from grader.guest.answers import answer
from grader.guest.remote import Objects
from grader.wire import cells, numbers, replies, requests
from grader.wire.frames import Channel, TooLarge


def converse(channel: Channel, namespace: dict[str, Any]) -> NoReturn:
    """Says hello, then answers until nobody asks any more; that comes up as a `WireError`."""
    channel.send(cells.encode(cells.Hello()), deadline=None)
    objects = Objects()
    while True:
        header, payload = channel.receive(deadline=None)
        number, asked = numbers.parted(header)
        reply, data = written(*answer(requests.decode_request(asked), payload, namespace, objects))
        try:
            channel.send(numbers.numbered(number, reply), data, deadline=None)
        except TooLarge as error:
            reply, data = written(failed(error), b"")
            channel.send(numbers.numbered(number, reply), data, deadline=None)


def written(reply: replies.Reply, data: bytes | bytearray) -> tuple[bytes, bytes | bytearray]:
    """A reply as bytes; where it cannot be encoded (text with half of a surrogate pair), that it failed."""
    try:
        return replies.encode_reply(reply), data
    except UnicodeError as error:
        return replies.encode_reply(failed(error)), b""


def failed(error: BaseException) -> replies.Failed:
    """The reply to a request whose own reply could not be sent."""
    return replies.Failed(replies.Raised("ReplyError", str(error)[:500]), lab.state())
